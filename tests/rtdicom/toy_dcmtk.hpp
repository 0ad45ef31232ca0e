#pragma once
// Small patients and ways to damage their files. Included by the tests of rtdicom alone.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "engine/base/error.hpp"
#include "rtdicom/exchange.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::rtdicom::test {
namespace fs = std::filesystem;

/// HU of a voxel of toy_ct: every voxel has its own, so that a swapped axis shows.
inline float toy_hu(int i, int j, int k) {
    return static_cast<float>(-1000 + 7 * i + 101 * j + 211 * k);
}

/// 13 x 11 x 5 voxels of 1.5 x 1.25 x 3 mm, off centre, with a name that is not ASCII.
inline CtImage toy_ct(Mat3 direction = {}, PatientPosition position = PatientPosition::Hfs) {
    CtImage ct;
    ct.hu = Volume<float>(Grid({13, 11, 5}, {-9.25, 4.5, -30}, {1.5, 1.25, 3}, direction));
    for (int k = 0; k < 5; ++k)
        for (int j = 0; j < 11; ++j)
            for (int i = 0; i < 13; ++i) ct.hu.at(i, j, k) = toy_hu(i, j, k);
    ct.position = position;
    ct.study.patient_name = "M\xC3\xBCller^\xC3\x89lo\xC3\xAFse";
    ct.study.patient_id = "TOY-1";
    ct.study.patient_birth_date = "19000101";
    ct.study.patient_sex = "O";
    ct.study.study_id = "1";
    ct.study.referring_physician = "Coutard^Henri";
    return ct;
}

/// A box and a marker on toy_ct.
inline StructureSet toy_structures() {
    StructureSet set;
    set.label = "Toy structures of phantom";
    Structure ptv;
    ptv.number = 3;
    ptv.name = "PTV_7000";
    ptv.role = Role::Ptv;
    ptv.colour = {10, 200, 255};
    ptv.algorithm = "AUTOMATIC";
    ptv.description = "toy, sure";
    for (int k = 1; k < 4; ++k) {
        const double z = -30 + 3 * k;
        ptv.contours.push_back({{{-5.125, 6.25, z}, {2.5, 6.25, z}, {2.5, 12.0625, z}, {-5.125, 12.0625, z}}, ""});
    }
    Structure marker;
    marker.name = "Iso \xC2\xB5";
    marker.role = Role::Isocenter;
    marker.contours.push_back({{{-1.5, 9.1234, -24}}, ""});
    Structure empty;
    empty.name = "Parotid_L";
    empty.role = Role::Organ;
    set.structures = {ptv, marker, empty};
    return set;
}

/// Opens a DICOM file, changes it, and saves it in a transfer syntax.
inline void edit(const fs::path& path, const std::function<void(DcmDataset&)>& change,
                 E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    DcmFileFormat format;
    ASSERT_TRUE(format.loadFile(path.c_str()).good()) << path;
    format.loadAllDataIntoMemory();
    change(*format.getDataset());
    ASSERT_TRUE(format.saveFile(path.c_str(), syntax).good()) << path;
}

inline void set_text(const fs::path& path, const DcmTagKey& tag, const char* value) {
    edit(path, [&](DcmDataset& d) { d.putAndInsertString(tag, value); });
}

inline void remove_tag(const fs::path& path, const DcmTagKey& tag) {
    edit(path, [&](DcmDataset& d) { d.findAndDeleteElement(tag, true, true); });
}

inline void write_bytes(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The message of the InputError that the call throws; fails when it throws none.
template <class Call>
std::string refusal(Call&& call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.what();
    }
    ADD_FAILURE() << "expected InputError, nothing was thrown";
    return {};
}

/// A toy CT written to a fresh folder.
struct ToyFolder {
    coutard::test::Scratch scratch;
    std::unique_ptr<Exchange> exchange = make_exchange();
    CtImage ct;

    explicit ToyFolder(CtImage image = toy_ct()) : ct(std::move(image)) { exchange->write_ct(scratch.path(), ct); }
    fs::path slice(int number) const { return scratch / ("CT_000" + std::to_string(number) + ".dcm"); }
    CtImage read(std::optional<PatientPosition> position = {}) const {
        return exchange->read_ct(scratch.path(), position);
    }
    std::string refused(std::optional<PatientPosition> position = {}) const {
        return refusal([&] { read(position); });
    }
};

}  // namespace coutard::rtdicom::test
