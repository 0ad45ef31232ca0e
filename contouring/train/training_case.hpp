#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/image/volume.hpp"

namespace coutard::contouring {

/// One patient to learn from or to be scored on.
struct TrainingCase {
    std::string name;                                ///< folder name: "pt_17"
    Volume<std::int16_t> hu;                         ///< [HU], -1000 where the source is blank
    Volume<std::uint16_t> labels;                    ///< bit s: inside structure s; same grid
    std::uint16_t known = 0;                         ///< bit s: structure s was contoured here
    std::vector<std::vector<std::uint32_t>> voxels;  ///< flat indices inside each structure
    std::vector<std::uint32_t> body;                 ///< a sample of flat indices above -500 HU

    bool knows(int structure) const { return (known >> structure & 1) != 0; }
};

/// The image as networks take it [HU].
Volume<float> image_of(const TrainingCase& c);
/// One structure's label: 255 inside.
Mask label_of(const TrainingCase& c, int structure);

/// Find the voxel lists again, for labels or an image that were changed.
void index_voxels(TrainingCase& c);

/// Let each of the first `count` structures take in those before it: target volumes of falling dose.
void nest(TrainingCase& c, int count);

/// Labels that are wrong in the source and count neither in training nor in scores: structure names
/// by patient folder name.
using LeftOut = std::map<std::string, std::set<std::string>>;
/// \throws InputError the file is missing or not {"patient": {"structure": "reason", ...}, ...}
LeftOut read_left_out(const std::filesystem::path& json);

/// "The seven organs" of the OpenKBP label files, TG-263 names.
const std::vector<std::string>& openkbp_structures();

/// Make a case of images; finds known structures and the voxel lists. A left-out label is no label: nothing is inside.
/// \param structures  names by bit, at most 16; the label image's bit s is structure s
/// \throws InputError the grids differ, or a value is not finite
TrainingCase make_case(std::string name, const Volume<float>& ct, const Volume<std::uint16_t>& label_bits,
                       const std::vector<std::string>& structures, const LeftOut& left_out);

/// Folders below `dir` that hold ct.nii.gz and labels.nii.gz, by natural order of their names.
/// \throws InputError dir does not exist or holds no case
std::vector<std::filesystem::path> find_cases(const std::filesystem::path& dir);

/// Bit of each structure in a folder's labels.nii.gz, -1 where the map does not hold it. labels.json beside
/// it names the bits ({"bits": [{"bit", "structure"}]}, as `coutard contour` writes; TG-263 synonyms count);
/// without one the bits are those of the OpenKBP label files: the seven organs, PTV_5600, PTV_6300, PTV_7000.
/// \throws InputError no labels.json, and a structure is none of these
std::vector<int> label_bits(const std::filesystem::path& folder, const std::vector<std::string>& structures);

/// Read one folder of the OpenKBP layout: ct.nii.gz, labels.nii.gz and, where the bits are others, labels.json.
/// A structure that the map does not hold was not contoured. \throws InputError naming the file
TrainingCase read_case(const std::filesystem::path& folder, const std::vector<std::string>& structures,
                       const LeftOut& left_out);

}  // namespace coutard::contouring
