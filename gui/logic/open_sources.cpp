#include "gui/logic/open_sources.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "engine/store/nifti.hpp"

namespace coutard::gui {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view ct_class = "1.2.840.10008.5.1.4.1.1.2", dose_class = "1.2.840.10008.5.1.4.1.1.481.2",
                           structure_class = "1.2.840.10008.5.1.4.1.1.481.3",
                           plan_class = "1.2.840.10008.5.1.4.1.1.481.5";

std::vector<fs::path> files_in(const fs::path& source) {
    validate(fs::exists(source), source.string() + ": no such file or folder");
    if (!fs::is_directory(source)) return {source};
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(source, fs::directory_options::skip_permission_denied))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    validate(!files.empty(), source.string() + ": the folder holds no file; expected DICOM files");
    return files;
}

std::size_t short_at(const char* bytes) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) |
           static_cast<std::size_t>(static_cast<unsigned char>(bytes[1])) << 8;
}

/// An object as read, with the file it came from.
template <class Object>
struct FromFile {
    fs::path file;
    Object object;
};

/// Reads what can be read; the rest goes to `problems`.
template <class Object, class Read>
std::vector<FromFile<Object>> read_all(const std::vector<fs::path>& files, const Read& read,
                                       std::vector<std::string>& problems) {
    std::vector<FromFile<Object>> objects;
    for (const auto& file : files) try {
            objects.push_back({file, read(file)});
        } catch (const InputError& bad) {
            problems.emplace_back(bad.what());
        }
    return objects;
}

template <class Object>
const FromFile<Object>* first_of(const std::vector<FromFile<Object>>& from, const auto& wanted) {
    const auto found = std::find_if(from.begin(), from.end(), [&](const auto& f) { return wanted(f.object); });
    return found != from.end() ? &*found : nullptr;
}

template <class Object>
const FromFile<Object>* first_of(const std::vector<FromFile<Object>>& from) {
    return from.empty() ? nullptr : &from.front();
}

/// What was not taken is noted.
template <class Object>
void note_choice(const std::vector<FromFile<Object>>& from, const FromFile<Object>* taken, const std::string& what,
                 std::vector<std::string>& notes) {
    if (from.size() > 1 && taken != nullptr)
        notes.push_back(std::to_string(from.size()) + " " + what + " found, shown is " +
                        taken->file.filename().string());
}

void add(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

std::string or_none(const std::string& uid) {
    return uid.empty() ? "none" : uid;
}

using Problems = std::vector<std::string>;

const FromFile<Dose>* chosen_dose(const std::vector<FromFile<Dose>>& doses) {
    const auto* whole = first_of(doses, [](const Dose& d) { return d.summation == DoseSummation::Plan; });
    return whole != nullptr ? whole : first_of(doses);
}

/// The plan that the dose names. Any other would set what 100 % means and where the beams meet for a dose that is
/// not its own: it is left out.
const FromFile<Plan>* chosen_plan(const std::vector<FromFile<Plan>>& plans, const FromFile<Dose>* dose,
                                  Problems& problems) {
    if (dose == nullptr) return first_of(plans);
    const std::string& named = dose->object.plan_uid;
    const auto* own = first_of(plans, [&](const Plan& p) { return !named.empty() && p.sop_uid == named; });
    if (own == nullptr)
        for (const auto& plan : plans)
            problems.push_back(plan.file.string() + ": SOP Instance UID (0008,0018): found " +
                               or_none(plan.object.sop_uid) + ", expected the plan that " +
                               dose->file.filename().string() + " names, " + or_none(named) +
                               "; the plan is not shown, and 100 % means the maximum of the dose");
    return own;
}

const FromFile<StructureSet>* chosen_set(const std::vector<FromFile<StructureSet>>& sets, const FromFile<Plan>* plan,
                                         std::vector<std::string>& notes) {
    if (plan == nullptr) return first_of(sets);
    const std::string& named = plan->object.structure_set_uid;
    const auto* own = first_of(sets, [&](const StructureSet& s) { return !named.empty() && s.sop_uid == named; });
    if (own == nullptr && !sets.empty())
        notes.push_back(sets.front().file.filename().string() + " is shown, but the plan names " +
                        (named.empty() ? "no structure set" : "the structure set " + named));
    return own != nullptr ? own : first_of(sets);
}

/// Objects that were drawn, planned and calculated on this CT.
void read_objects(const Readers& readers, const FoundFiles& files, PatientParts& parts, Problems& problems) {
    const auto checked = [&](auto object, const auto& check) {
        check(object, parts.ct);
        return object;
    };
    const auto doses = read_all<Dose>(
        files.doses,
        [&](const fs::path& file) {
            Dose dose = checked(readers.exchange->read_dose(file), readers.check_dose);
            validate_dose(dose.gy, file.string() + ": dose");
            return dose;
        },
        problems);
    const auto plans = read_all<Plan>(
        files.plans,
        [&](const fs::path& file) { return checked(readers.exchange->read_plan(file), readers.check_plan); }, problems);
    const auto sets = read_all<StructureSet>(
        files.structures,
        [&](const fs::path& file) {
            return checked(readers.exchange->read_structures(file), readers.check_structures);
        },
        problems);
    const auto* dose = chosen_dose(doses);
    const auto* plan = chosen_plan(plans, dose, problems);
    const auto* set = chosen_set(sets, plan, parts.notes);
    note_choice(doses, dose, "doses", parts.notes);
    note_choice(plans, plan, "plans", parts.notes);
    note_choice(sets, set, "structure sets", parts.notes);
    parts.doses_found = doses.size();
    if (dose != nullptr) parts.dose = dose->object;
    if (plan != nullptr) parts.plan = plan->object;
    if (set != nullptr) parts.structures = set->object;
    if (parts.dose) add(parts.notes, parts.dose->notes);
    if (parts.plan) add(parts.notes, parts.plan->notes);
    add(parts.notes, parts.structures.notes);
}

/// What cannot be filled keeps its contours, has no volume, and is told.
Mask filled(const Readers& readers, const Structure& structure, const Grid& grid, Problems& problems) {
    if (structure.contours.empty()) return {};
    try {
        return readers.mask_of(structure, grid);
    } catch (const InputError& bad) {
        problems.emplace_back(bad.what());
        return {};
    }
}

/// Files that were named themselves come first: they are what a person asked for.
std::vector<fs::path> named_first(std::vector<fs::path> sources) {
    std::stable_partition(sources.begin(), sources.end(), [](const fs::path& s) { return !fs::is_directory(s); });
    return sources;
}

}  // namespace

std::string media_storage_class(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<char, 132 + 1024> head{};
    in.read(head.data(), head.size());
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got < 140 || std::string_view(head.data() + 128, 4) != "DICM") return {};
    // The meta header is Explicit VR Little Endian: group, element, VR, length; OB and such have a long length.
    for (std::size_t at = 132; at + 12 <= got;) {
        const std::size_t group = short_at(&head[at]), element = short_at(&head[at + 2]);
        const std::string_view vr(&head[at + 4], 2);
        const bool is_long = vr == "OB" || vr == "OW" || vr == "UN" || vr == "SQ" || vr == "UT";
        const std::size_t length =
            is_long ? short_at(&head[at + 8]) | short_at(&head[at + 10]) << 16 : short_at(&head[at + 6]);
        at += is_long ? 12 : 8;
        if (group != 2 || at + length > got) return {};
        if (element == 2) {
            const std::string_view uid(&head[at], length);
            return std::string(uid.substr(0, uid.find_first_of(std::string_view(" \0", 2))));
        }
        at += length;
    }
    return {};
}

FoundFiles find_files(const std::vector<fs::path>& sources) {
    FoundFiles found;
    std::set<fs::path> ct_folders, seen;
    fs::path single_ct;
    std::size_t ct_files = 0;
    for (const auto& source : named_first(sources))
        for (const auto& file : files_in(source)) {
            if (!seen.insert(fs::weakly_canonical(file)).second) continue;  // named itself and in its folder
            const std::string uid = media_storage_class(file);
            if (uid == structure_class) found.structures.push_back(file);
            if (uid == plan_class) found.plans.push_back(file);
            if (uid == dose_class) found.doses.push_back(file);
            if (uid != ct_class) continue;
            single_ct = file;
            ++ct_files;
            ct_folders.insert(file.parent_path());
        }
    validate(ct_folders.size() <= 1, "CT slices",
             std::to_string(ct_folders.size()) + " folders, the last " +
                 (ct_folders.empty() ? "" : ct_folders.rbegin()->string()),
             "the slices of one CT in one folder; name the folder to open");
    if (!ct_folders.empty()) found.ct = ct_files == 1 ? single_ct : *ct_folders.begin();
    for (const auto& source : sources)
        if (found.ct.empty() && is_nifti(source)) found.ct = source;
    if (found.ct.empty() && found.structures.empty() && found.plans.empty() && found.doses.empty() && !sources.empty())
        found.ct = sources.front();
    return found;
}

Opened open_sources(const Readers& readers, const std::vector<fs::path>& sources, const Progress& progress) {
    progress.at(0, "Looking for files");
    const FoundFiles files = find_files(sources);
    validate(!files.ct.empty(), sources.empty() ? "no source" : sources.front().string(), "no CT",
             "CT slices (CT Image Storage) beside the other objects");
    Opened opened;
    PatientParts parts;
    progress.at(0.02, "Reading CT");
    parts.ct = readers.read_ct(files.ct);
    add(parts.notes, parts.ct.notes);
    progress.at(0.3, "Reading structures, plan and dose");
    read_objects(readers, files, parts, opened.problems);
    const auto& structures = parts.structures.structures;
    for (const auto& structure : structures) {
        progress.at(0.4 + 0.3 * static_cast<double>(parts.masks.size()) / static_cast<double>(structures.size()),
                    "Filling " + structure.name);
        parts.masks.push_back(filled(readers, structure, parts.ct.hu.grid(), opened.problems));
    }
    opened.patient = make_patient(std::move(parts), progress.part(0.7, 1.0));
    return opened;
}

}  // namespace coutard::gui
