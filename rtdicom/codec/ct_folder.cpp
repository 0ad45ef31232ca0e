#include "rtdicom/codec/ct_folder_dcmtk.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>

#include "engine/base/error.hpp"

namespace coutard::rtdicom {
namespace fs = std::filesystem;
namespace {

/// What stands in a folder, by kind.
struct Found {
    std::vector<CtSlice> slices, localizers;
    std::map<std::string, int> other_classes;  ///< SOP class name -> how many files
    std::string first_other, first_not_dicom;
    int not_dicom = 0, folders = 0;
};

std::vector<fs::path> files_of(const fs::path& folder, Found& found) {
    std::error_code failed, ignored;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        const auto kind = entry.status(ignored).type();
        if (kind == fs::file_type::directory)
            ++found.folders;
        else if (kind == fs::file_type::regular)
            files.push_back(entry.path());
        else if (kind == fs::file_type::not_found || kind == fs::file_type::none)
            throw InputError(entry.path().string() + ": cannot be opened (a link to nothing?)");
    }
    if (failed) throw InputError(folder.string() + ": cannot be read: " + failed.message());
    std::sort(files.begin(), files.end());  // the same messages whatever order the disk gives
    return files;
}

/// Whether a file that is not DICOM may be left aside. A slice at an end of the series that is empty, cut or
/// unreadable would otherwise vanish without a gap. Hidden files never are slices.
void must_not_be_a_slice(const fs::path& path) {
    if (path.filename().string().starts_with('.')) return;
    if (!std::ifstream(path, std::ios::binary)) throw InputError(path.string() + ": cannot be opened");
    std::error_code not_regular;
    if (fs::file_size(path, not_regular) == 0) throw InputError(path.string() + ": found an empty file");
    auto ending = path.extension().string();
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (ending == ".dcm" || ending == ".ima")
        throw InputError(path.string() + ": not a DICOM file, as its name says (cut or damaged?)");
}

void sort_in(const fs::path& path, Found& found) {
    if (!looks_like_dicom(path)) {
        must_not_be_a_slice(path);
        if (++found.not_dicom == 1) found.first_not_dicom = path.filename().string();
        return;
    }
    const File file(path, true);
    const auto sop_class = file.sop_class();
    if (sop_class == UID_CTImageStorage) {
        auto slice = read_slice_header(file);
        const bool localizer = slice.plane.rows == 0;
        (localizer ? found.localizers : found.slices).push_back(std::move(slice));
    } else if (sop_class != UID_MediaStorageDirectoryStorage) {
        ++found.other_classes[class_name(sop_class)];
        if (found.first_other.empty()) found.first_other = path.string();
    }
}

std::string count_of(int count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

[[noreturn]] void refuse_without_ct(const fs::path& source, const Found& found) {
    std::string what;
    for (const auto& [name, count] : found.other_classes)
        what += (what.empty() ? "" : ", ") + count_of(count, name + " object");
    if (!found.localizers.empty())
        what += (what.empty() ? "" : ", ") + count_of(static_cast<int>(found.localizers.size()), "localizer image");
    if (found.not_dicom > 0) what += (what.empty() ? "" : ", ") + count_of(found.not_dicom, "file") + " not DICOM";
    if (found.folders > 0)
        what += (what.empty() ? "" : ", ") + count_of(found.folders, "sub-folder") + " (not searched)";
    if (what.empty()) what = "nothing (an empty folder)";
    throw InputError(source.string() + ": found " + what + ", expected the slices of a CT series (CTImageStorage)" +
                     (found.first_other.empty() ? "" : "; the first other object is " + found.first_other));
}

[[noreturn]] void refuse_several(const fs::path& folder, const std::map<std::string, std::vector<CtSlice>>& series) {
    std::string list;
    for (const auto& [uid, slices] : series)
        list += "\n  " + uid + ": " + count_of(static_cast<int>(slices.size()), "slice") + ", \"" +
                slices.front().series_description + "\", for example " + slices.front().path.filename().string();
    throw InputError(folder.string() + ": SeriesInstanceUID (0020,000e): found " + std::to_string(series.size()) +
                     " CT series, expected one; name a series, or a file of the one wanted:" + list);
}

CtSeries chosen(const fs::path& folder, const std::string& series_uid, Found found) {
    std::map<std::string, std::vector<CtSlice>> series;
    for (auto& slice : found.slices) series[slice.series_uid].push_back(std::move(slice));
    auto wanted = series.begin();
    if (!series_uid.empty()) {
        wanted = series.find(series_uid);
        if (wanted == series.end())
            throw InputError(folder.string() + ": SeriesInstanceUID (0020,000e): expected " + series_uid +
                             ", found no slice of it");
    } else if (series.size() > 1) {
        refuse_several(folder, series);
    }
    CtSeries result{std::move(wanted->second), {}};
    if (series.size() > 1)
        result.notes.push_back(count_of(static_cast<int>(series.size()) - 1, "other CT series") + " left aside");
    if (!found.localizers.empty())
        result.notes.push_back(count_of(static_cast<int>(found.localizers.size()), "localizer image") + " left aside");
    for (const auto& [name, count] : found.other_classes)
        result.notes.push_back(count_of(count, name + " object") + " left aside");
    if (found.not_dicom > 0)
        result.notes.push_back(count_of(found.not_dicom, "file") + " not DICOM left aside, for example " +
                               found.first_not_dicom);
    return result;
}

}  // namespace

CtSeries find_ct_series(const fs::path& source, const std::string& series_uid) {
    if (!fs::exists(source)) throw InputError(source.string() + ": does not exist");
    Found found;
    if (fs::is_directory(source)) {
        for (const auto& path : files_of(source, found)) sort_in(path, found);
        if (found.slices.empty()) refuse_without_ct(source, found);
        return chosen(source, series_uid, std::move(found));
    }
    // One file stands for its series: its neighbours of the same series come with it.
    const File file(source, true);
    file.must_be_class(UID_CTImageStorage);
    const CtSlice named = read_slice_header(file);
    if (named.plane.rows == 0) file.record().refuse(DCM_ImageType, named.image_type, "an axial image, not a localizer");
    const auto folder = source.has_parent_path() ? source.parent_path() : fs::path(".");
    for (const auto& path : files_of(folder, found)) sort_in(path, found);
    return chosen(folder, named.series_uid, std::move(found));
}

}  // namespace coutard::rtdicom
