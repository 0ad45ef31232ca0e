#include "engine/shape/tg263.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

using Colour = std::array<std::uint8_t, 3>;

struct Row {
    std::string_view name;  ///< TG-263 primary name; a paired organ stands without _L and _R
    bool paired;
    Role role;
    Colour colour;
    std::vector<std::string_view> synonyms;  ///< lower case, letters and digits only
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table{
        // head and neck
        {"Brain", false, Role::Organ, {200, 180, 160}, {}},
        {"Brainstem",
         false,
         Role::Organ,
         {60, 170, 90},
         {"brainstem", "brstem", "stem", "hirnstamm", "truncencephalique"}},
        {"SpinalCord", false, Role::Organ, {240, 220, 40}, {"cord", "cordspinal", "myelon", "rm", "medullaspinalis"}},
        // the bony canal around it: larger, so its dose is not the cord's
        {"SpinalCanal", false, Role::Organ, {220, 200, 90}, {"canalspinal", "vertebralcanal", "canalisvertebralis"}},
        {"Parotid", true, Role::Organ, {90, 160, 250}, {"parotidgland", "parotis", "glndparotid", "par"}},
        {"Glnd_Submand",
         true,
         Role::Organ,
         {130, 110, 230},
         {"submandibular", "submandibulargland", "submandib", "smg", "submand", "glandsubmand"}},
        {"Glnd_Thyroid", false, Role::Organ, {170, 90, 200}, {"thyroid", "thyroidgland", "glandthyroid"}},
        {"Glnd_Lacrimal", true, Role::Organ, {120, 190, 190}, {"lacrimal", "lacrimalgland", "glandlacrimal"}},
        {"Esophagus",
         false,
         Role::Organ,
         {180, 120, 70},
         {"oesophagus", "esoph", "eso", "speiseroehre", "esophaguscervical"}},
        {"Larynx", false, Role::Organ, {240, 150, 190}, {"larynxgl", "glottis", "voicebox", "larynxglottic"}},
        {"Bone_Mandible",
         false,
         Role::Organ,
         {230, 230, 210},
         {"mandible", "mand", "mandibula", "lowerjaw", "mandiblebone"}},
        {"Pharynx", false, Role::Organ, {220, 120, 120}, {"pharynges"}},
        {"Musc_Constrict",
         false,
         Role::Organ,
         {210, 100, 130},
         {"pharyngealconstrictor", "constrictor", "pharynxconstrictor", "pcm", "muscconstrictors"}},
        {"Cavity_Oral", false, Role::Organ, {250, 190, 120}, {"oralcavity", "mouth", "oral"}},
        {"Lips", false, Role::Organ, {230, 90, 110}, {"lip"}},
        {"Tongue", false, Role::Organ, {220, 80, 90}, {}},
        {"Trachea", false, Role::Organ, {150, 220, 240}, {"windpipe"}},
        {"OpticChiasm", false, Role::Organ, {100, 220, 160}, {"chiasm", "chiasma", "opticchiasma"}},
        {"OpticNrv", true, Role::Organ, {80, 200, 120}, {"opticnerve", "nervusopticus", "on"}},
        {"Eye", true, Role::Organ, {70, 130, 220}, {"globe", "eyeball"}},
        {"Lens", true, Role::Organ, {180, 210, 255}, {"lense", "eyelens"}},
        {"Cochlea", true, Role::Organ, {160, 150, 60}, {"innerear"}},
        {"Pituitary", false, Role::Organ, {200, 140, 40}, {"hypophysis", "pituitarygland"}},
        {"Hippocampus", true, Role::Organ, {210, 160, 240}, {"hippo"}},
        {"Lobe_Temporal", true, Role::Organ, {170, 170, 120}, {"temporallobe"}},
        {"A_Carotid", true, Role::Organ, {200, 40, 40}, {"carotid", "carotidartery", "acarotid"}},
        {"BrachialPlex", true, Role::Organ, {190, 190, 30}, {"brachialplexus", "bp", "brachialplex", "brachplex"}},
        // thorax
        {"Lung", true, Role::Organ, {130, 200, 250}, {"pulmo"}},
        {"Lungs",
         false,
         Role::Organ,
         {110, 190, 250},
         {"bothlungs", "lungsboth", "lungtotal", "totallung", "lungbilat"}},
        {"Heart", false, Role::Organ, {220, 60, 60}, {"cor"}},
        {"Carina", false, Role::Organ, {150, 200, 200}, {}},
        {"Bronchus_Main",
         false,
         Role::Organ,
         {120, 210, 200},
         {"mainbronchus", "bronchus", "bronchialtree", "proximalbronchialtree", "bronchusprox", "pbt"}},
        {"GreatVes", false, Role::Organ, {190, 50, 80}, {"greatvessels", "greatvessel"}},
        {"A_Aorta", false, Role::Organ, {210, 50, 50}, {"aorta"}},
        {"V_Venacava_S", false, Role::Organ, {70, 90, 200}, {"svc", "superiorvenacava"}},
        {"Chestwall", false, Role::Organ, {200, 170, 130}, {"thoracicwall", "cw"}},
        {"Breast", true, Role::Organ, {250, 170, 190}, {"mamma"}},
        {"Ribs", false, Role::Organ, {220, 220, 190}, {"rib"}},
        // abdomen and pelvis
        {"Liver", false, Role::Organ, {150, 80, 60}, {"hepar"}},
        {"Stomach", false, Role::Organ, {230, 170, 90}, {"gaster"}},
        {"Spleen", false, Role::Organ, {160, 60, 110}, {}},
        {"Pancreas", false, Role::Organ, {230, 190, 60}, {}},
        {"Kidney", true, Role::Organ, {190, 110, 60}, {"ren"}},
        {"Duodenum", false, Role::Organ, {220, 150, 60}, {}},
        {"Bowel", false, Role::Organ, {210, 160, 110}, {"intestine", "bowels"}},
        {"Bowel_Small", false, Role::Organ, {220, 170, 120}, {"smallbowel", "smallintestine"}},
        {"Bowel_Large", false, Role::Organ, {200, 150, 100}, {"largebowel", "largeintestine"}},
        {"Bag_Bowel", false, Role::Organ, {200, 180, 140}, {"bowelbag", "peritonealcavity", "bowelspace"}},
        {"Colon_Sigmoid", false, Role::Organ, {190, 140, 90}, {"sigmoid", "sigmoidcolon"}},
        {"Bladder", false, Role::Organ, {250, 230, 100}, {"urinarybladder", "vesica", "blase"}},
        {"Rectum", false, Role::Organ, {150, 100, 60}, {"rect"}},
        {"Canal_Anal", false, Role::Organ, {140, 90, 70}, {"analcanal", "anus", "analsphincter"}},
        {"Prostate", false, Role::Organ, {230, 140, 140}, {}},
        {"SeminalVes", false, Role::Organ, {210, 150, 170}, {"seminalvesicle", "seminalvesicles", "sv", "semves"}},
        {"PenileBulb", false, Role::Organ, {230, 160, 200}, {"bulb", "bulbpenis", "penilebulbus"}},
        {"Femur_Head",
         true,
         Role::Organ,
         {220, 220, 230},
         {"femoralhead", "femurhead", "headfemur", "femhead", "caputfemoris", "fh"}},
        {"Femur", true, Role::Organ, {210, 210, 220}, {"thighbone"}},
        {"Uterus", false, Role::Organ, {230, 130, 160}, {}},
        {"Sacrum", false, Role::Organ, {215, 215, 195}, {}},
        // bodies and devices
        {"External",
         false,
         Role::External,
         {0, 200, 0},
         {"body", "patient", "outline", "outercontour", "externalcontour", "bodyoutline", "koerper"}},
        {"CouchSurface", false, Role::Support, {120, 120, 140}, {"couch", "tabletop", "couchtop", "couchouter"}},
        {"CouchInterior", false, Role::Support, {150, 150, 170}, {"couchinner"}},
        {"Bolus", false, Role::Bolus, {190, 240, 120}, {}},
    };
    return table;
}

/// Lower case, letters and digits only.
std::string key_of(std::string_view name) {
    std::string key;
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)))
            key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return key;
}

/// Every way in which people write a side.
void add_sides(std::unordered_map<std::string, NameEntry>& table, const Row& row, const std::string& key) {
    for (const bool left : {true, false}) {
        const NameEntry entry{std::string(row.name) + (left ? "_L" : "_R"), row.role, row.colour};
        for (const char* side : {left ? "l" : "r", left ? "left" : "right", left ? "lt" : "rt", left ? "li" : "re",
                                 left ? "sin" : "dex"}) {
            table.try_emplace(key + side, entry);
            table.try_emplace(side + key, entry);
        }
    }
}

const std::unordered_map<std::string, NameEntry>& lookup() {
    static const auto table = [] {
        std::unordered_map<std::string, NameEntry> made;
        // Primary names first: no synonym may hide one.
        for (const bool primary : {true, false})
            for (const auto& row : rows()) {
                std::vector<std::string> keys;
                if (primary) keys.push_back(key_of(row.name));
                if (!primary) keys.assign(row.synonyms.begin(), row.synonyms.end());
                for (const auto& key : keys) {
                    if (row.paired) add_sides(made, row, key);
                    if (!row.paired) made.try_emplace(key, NameEntry{std::string(row.name), row.role, row.colour});
                }
            }
        return made;
    }();
    return table;
}

struct TargetKind {
    std::string_view prefix;
    Role role;
    Colour low, high;  ///< colours of a low and a high dose level
};

/// A dose level [cGy] at the end of a target's name, 0 when there is none: "70", "_7000", " 59.4", "70.0 Gy",
/// "6996cGy". With "Gy", a decimal point or between 20 and 200 it is in Gy; from 200 on in cGy, as TG-263 writes it
/// and no course in Gy reaches. A bare "1" or "12" is the number of a target.
int level_cgy(std::string_view text) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto skip_marks = [&] {
        while (!text.empty() && !is_word(text.front())) text.remove_prefix(1);
    };
    const auto take_digits = [&] {
        std::string digits;
        while (!text.empty() && is_digit(text.front())) digits += text.front(), text.remove_prefix(1);
        return digits;
    };
    skip_marks();
    const std::string whole = take_digits();
    if (whole.empty() || whole.size() > 5) return 0;
    std::string part;
    if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_digit(text[1])) {
        text.remove_prefix(1);
        part = take_digits();
    }
    const std::string unit = key_of(text);
    if (part.size() > 3 || (!unit.empty() && unit != "gy" && unit != "cgy")) return 0;
    const double level = std::stod(whole + "." + part + "0");
    const bool in_gray = unit == "gy" || (unit.empty() && level < 200 && level >= (part.empty() ? 20 : 10));
    if (in_gray) return static_cast<int>(std::lround(100 * level));
    return unit == "cgy" || level >= 200 ? static_cast<int>(std::lround(level)) : 0;
}

/// What follows the first letters of a name, not counting marks before and between them.
std::string_view after_letters(std::string_view name, std::size_t letters) {
    for (; letters > 0; name.remove_prefix(1))
        if (std::isalnum(static_cast<unsigned char>(name.front()))) --letters;
    return name;
}

/// "ptv70", "ptv_7000", "PTV 70 Gy" are PTV_7000.
bool as_target(std::string_view name, const std::string& key, NameEntry& entry) {
    static const TargetKind kinds[] = {{"ptv", Role::Ptv, {90, 110, 255}, {255, 40, 40}},
                                       {"ctv", Role::Ctv, {90, 190, 255}, {255, 130, 60}},
                                       {"itv", Role::Ctv, {120, 200, 220}, {250, 160, 90}},
                                       {"gtv", Role::Gtv, {200, 120, 200}, {255, 80, 160}}};
    for (const auto& kind : kinds) {
        if (key.rfind(kind.prefix, 0) != 0) continue;
        entry.role = kind.role;
        entry.colour = kind.high;
        entry.name = std::string(name);
        if (key == kind.prefix) entry.name = std::string{static_cast<char>(std::toupper(kind.prefix[0]))} + "TV";
        const int cgy = level_cgy(after_letters(name, kind.prefix.size()));
        if (cgy == 0) return true;
        std::string prefix(kind.prefix);
        for (char& c : prefix) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        entry.name = prefix + "_" + std::to_string(cgy);
        const double part = std::min(std::max((cgy - 5000) / 2000.0, 0.0), 1.0);
        for (std::size_t c = 0; c < 3; ++c)
            entry.colour[c] = static_cast<std::uint8_t>(kind.low[c] + part * (kind.high[c] - kind.low[c]));
        return true;
    }
    return false;
}

/// A bright colour that depends on nothing but the name (FNV-1a).
Colour colour_of(std::string_view name) {
    std::uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return {static_cast<std::uint8_t>(80 + hash % 176), static_cast<std::uint8_t>(80 + (hash >> 8) % 176),
            static_cast<std::uint8_t>(80 + (hash >> 16) % 176)};
}

}  // namespace

NameEntry standard_name(std::string_view name) {
    const auto key = key_of(name);
    if (const auto found = lookup().find(key); found != lookup().end()) return found->second;
    NameEntry entry{std::string(name), Role::None, colour_of(name)};
    as_target(name, key, entry);
    return entry;
}

std::optional<std::size_t> the_one_meant(std::span<const std::string> names, std::string_view wanted) {
    std::vector<std::size_t> meant;
    for (std::size_t n = 0; n < names.size(); ++n)
        if (names[n] == wanted) meant.push_back(n);
    if (meant.empty()) {
        const auto standard = standard_name(wanted).name;
        for (std::size_t n = 0; n < names.size(); ++n)
            if (standard_name(names[n]).name == standard) meant.push_back(n);
    }
    if (meant.empty()) return std::nullopt;
    std::string found;
    for (const std::size_t n : meant) found += (found.empty() ? "" : " and ") + names[n];
    validate(meant.size() == 1, "structure " + std::string(wanted), found,
             "one that is meant: rename or leave out the others");
    return meant.front();
}

}  // namespace coutard
