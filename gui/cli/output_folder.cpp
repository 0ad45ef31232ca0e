#include "gui/cli/output_folder.hpp"

#include <unistd.h>

#include "engine/base/error.hpp"

namespace coutard::gui {
namespace fs = std::filesystem;
namespace {

void make_folder(const fs::path& path) {
    std::error_code failed;
    fs::create_directories(path, failed);
    if (failed) throw OutputError(path.string() + ": folder cannot be made: " + failed.message());
}

}  // namespace

OutputFolder::OutputFolder(fs::path target) : target_(fs::absolute(std::move(target)).lexically_normal()) {
    if (!target_.has_filename()) target_ = target_.parent_path();  // "out/" names the folder out
    if (fs::exists(target_) && !fs::is_directory(target_))
        throw OutputError(target_.string() + ": is a file, expected a folder");
    const fs::path parent = target_.parent_path();
    if (!fs::is_directory(parent) && !fs::is_directory(parent.parent_path()))
        throw OutputError(target_.string() + ": its parent folder does not exist");
    make_folder(parent);
    staging_ = parent / ("." + target_.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
    fs::remove_all(staging_);
    make_folder(staging_);
}

OutputFolder::~OutputFolder() {
    std::error_code ignored;
    fs::remove_all(staging_, ignored);
}

fs::path OutputFolder::folder(const fs::path& name) const {
    make_folder(staging_ / name);
    return staging_ / name;
}

void OutputFolder::commit() {
    std::error_code failed;
    if (!fs::exists(target_)) {
        fs::rename(staging_, target_, failed);
        if (failed) throw OutputError(target_.string() + ": cannot be written: " + failed.message());
        return;
    }
    for (const auto& entry : fs::recursive_directory_iterator(staging_)) {
        const fs::path there = target_ / fs::relative(entry.path(), staging_);
        if (entry.is_directory()) {
            make_folder(there);
            continue;
        }
        fs::rename(entry.path(), there, failed);
        if (failed) throw OutputError(there.string() + ": cannot be written: " + failed.message());
    }
}

}  // namespace coutard::gui
