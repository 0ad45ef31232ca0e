#include "rtdicom/codec/file_dcmtk.hpp"

#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>

#include "engine/base/atomic_file.hpp"
#include "engine/base/error.hpp"
#include "rtdicom/codec/nesting_dcmtk.hpp"

namespace coutard::rtdicom {
namespace fs = std::filesystem;

void prepare_dcmtk() {
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);  // what matters comes back as OFCondition
        dcmEnableUnknownVRConversion.set(OFTrue);   // attributes that a converter stored as UN
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
    });
    if (!dcmDataDict.isDictionaryLoaded())
        throw NotBuilt("DCMTK has no data dictionary: install its dicom.dic or set DCMDICTPATH");
}

bool looks_like_dicom(const fs::path& path) {
    std::array<unsigned char, 132> head{};
    std::ifstream in(path, std::ios::binary);
    in.read(reinterpret_cast<char*>(head.data()), head.size());
    const auto got = in.gcount();
    if (got >= 132 && std::equal(head.begin() + 128, head.begin() + 132, "DICM")) return true;
    if (got < 8) return false;
    // Without preamble: group 0002 or 0008, a low element, and a length that is not absurd.
    const bool little = (head[0] == 2 || head[0] == 8) && head[1] == 0 && head[3] == 0;
    const bool big = head[0] == 0 && (head[1] == 2 || head[1] == 8) && head[2] == 0;
    const bool named_vr = head[4] >= 'A' && head[4] <= 'Z' && head[5] >= 'A' && head[5] <= 'Z';
    const bool short_length = head[5] == 0 && head[6] == 0 && head[7] == 0;
    return (little || big) && (named_vr || short_length);
}

File::File(const fs::path& path, bool header_only) : path_(path), format_(std::make_unique<DcmFileFormat>()) {
    prepare_dcmtk();
    const std::string name = path.string();
    if (fs::is_directory(path)) throw InputError(name + ": is a folder, expected a DICOM file");
    if (!fs::exists(path)) throw InputError(name + ": does not exist");
    if (!looks_like_dicom(path)) throw InputError(name + ": not a DICOM file");
    check_nesting(path, header_only);
    const DcmTagKey stop = header_only ? DCM_PixelData : DCM_UndefinedTagKey;
    const auto read = format_->loadFileUntilTag(name.c_str(), EXS_Unknown, EGL_noChange, header_only ? 256 : 1 << 22,
                                                ERM_autoDetect, stop);
    if (read.bad()) throw InputError(name + ": truncated or damaged DICOM file (" + read.text() + ")");
    // A set that cannot be converted keeps its bytes; Record::text reads them as Latin-1.
    format_->getDataset()->convertToUTF8();
}

std::string File::sop_class() const {
    const auto named = record().text(DCM_SOPClassUID);
    if (!named.empty()) return named;
    OFString meta;
    format_->getMetaInfo()->findAndGetOFString(DCM_MediaStorageSOPClassUID, meta);
    return meta.c_str();
}

void File::must_be_class(const char* sop_class_uid) const {
    const auto found = sop_class();
    if (found != sop_class_uid) record().refuse(DCM_SOPClassUID, class_name(found), class_name(sop_class_uid));
}

void File::decompress() {
    const DcmXfer from(dataset().getOriginalXfer());
    const auto made = dataset().chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
    if (made.bad() || !dataset().canWriteXfer(EXS_LittleEndianExplicit))
        throw InputError(path_.string() + ": PixelData (7fe0,0010) in transfer syntax \"" + from.getXferName() +
                         "\" cannot be decoded (" + made.text() +
                         "); expected uncompressed, RLE, JPEG, JPEG lossless or JPEG-LS");
}

namespace {

/// Streams the file through our own ofstream: DcmFileFormat::saveFile does not notice a full disk.
OFCondition write_stream(DcmFileFormat& format, std::ostream& file, E_TransferSyntax syntax) {
    std::vector<char> buffer(1 << 20);
    DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
    OFCondition done = format.validateMetaInfo(syntax);
    if (done.bad()) return done;
    format.transferInit();
    do {
        done = format.write(stream, syntax, EET_ExplicitLength, nullptr, EGL_recalcGL, EPD_withoutPadding);
        void* part = nullptr;
        offile_off_t length = 0;
        stream.flushBuffer(part, length);
        file.write(static_cast<const char*>(part), static_cast<std::streamsize>(length));
    } while (done == EC_StreamNotifyClient && file);
    format.transferEnd();
    return done;
}

}  // namespace

void save(DcmFileFormat& format, const fs::path& path, E_TransferSyntax syntax) {
    write_atomically(path, [&](const fs::path& beside) {
        std::ofstream file(beside, std::ios::binary);
        const auto written = write_stream(format, file, syntax);
        file.close();
        if (!file) throw OutputError(path.string() + ": cannot be written: " + std::strerror(errno));
        if (written.bad()) throw OutputError(path.string() + ": cannot be written: " + written.text());
    });
}

}  // namespace coutard::rtdicom
