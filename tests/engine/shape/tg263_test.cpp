#include "engine/shape/tg263.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/base/error.hpp"

namespace coutard {
namespace {

TEST(Tg263, SynonymsTable) {
    const std::pair<const char*, const char*> table[] = {// labels of the OpenKBP data
                                                         {"Brainstem", "Brainstem"},
                                                         {"SpinalCord", "SpinalCord"},
                                                         {"RightParotid", "Parotid_R"},
                                                         {"LeftParotid", "Parotid_L"},
                                                         {"Esophagus", "Esophagus"},
                                                         {"Larynx", "Larynx"},
                                                         {"Mandible", "Bone_Mandible"},
                                                         {"PTV56", "PTV_5600"},
                                                         {"PTV63", "PTV_6300"},
                                                         {"PTV70", "PTV_7000"},
                                                         // how clinics write them
                                                         {"Cord", "SpinalCord"},
                                                         {"SPINAL_CORD", "SpinalCord"},
                                                         {"spinal canal", "SpinalCanal"},
                                                         {"SpinalCanal", "SpinalCanal"},
                                                         {"Brain Stem", "Brainstem"},
                                                         {"Parotid-L", "Parotid_L"},
                                                         {"parotid lt", "Parotid_L"},
                                                         {"L Parotid", "Parotid_L"},
                                                         {"PAROTIS_RE", "Parotid_R"},
                                                         {"Parotid_Gland_Right", "Parotid_R"},
                                                         {"oesophagus", "Esophagus"},
                                                         {"Mand", "Bone_Mandible"},
                                                         {"Submandibular_L", "Glnd_Submand_L"},
                                                         {"Oral Cavity", "Cavity_Oral"},
                                                         {"Optic Nerve R", "OpticNrv_R"},
                                                         {"Chiasm", "OpticChiasm"},
                                                         {"BODY", "External"},
                                                         {"Lung Left", "Lung_L"},
                                                         {"Both Lungs", "Lungs"},
                                                         {"Femoral Head Rt", "Femur_Head_R"},
                                                         {"Bowel Bag", "Bag_Bowel"},
                                                         {"SV", "SeminalVes"},
                                                         {"Lens_L", "Lens_L"},
                                                         {"Heart", "Heart"},
                                                         {"Rectum", "Rectum"},
                                                         {"Bladder", "Bladder"},
                                                         {"Couch", "CouchSurface"},
                                                         // dose levels: cGy in the name
                                                         {"PTV 70 Gy", "PTV_7000"},
                                                         {"ptv_5600", "PTV_5600"},
                                                         {"PTV6996cGy", "PTV_6996"},
                                                         {"CTV54", "CTV_5400"},
                                                         {"PTV59.4", "PTV_5940"},
                                                         {"PTV 70.0", "PTV_7000"},
                                                         {"PTV_59,4 Gy", "PTV_5940"},
                                                         {"PTV (54 Gy)", "PTV_5400"},
                                                         {"PTV 8 Gy", "PTV_800"},
                                                         {"PTV_594", "PTV_594"},
                                                         {"CTV 50.4Gy", "CTV_5040"},
                                                         {"PTV_4500.0 cGy", "PTV_4500"},
                                                         {"GTV", "GTV"},
                                                         // left alone
                                                         {"PTV1", "PTV1"},
                                                         {"PTV12", "PTV12"},
                                                         {"PTV 1.2", "PTV 1.2"},
                                                         {"PTV_59_4", "PTV_59_4"},
                                                         {"PTV70 boost", "PTV70 boost"},
                                                         {"PTVn_eval", "PTVn_eval"},
                                                         {"Ear_L", "Ear_L"},
                                                         {"Orbit_R", "Orbit_R"},
                                                         {"spinal", "spinal"},
                                                         {"zzTuning Ring", "zzTuning Ring"}};
    for (const auto& [written, standard] : table) EXPECT_EQ(standard_name(written).name, standard) << written;
}

TEST(Tg263, StandardNamesStayAndHaveRoles) {
    for (const char* name : {"Brainstem", "SpinalCord", "Parotid_R", "Parotid_L", "Esophagus", "Larynx",
                             "Bone_Mandible", "Lung_R", "Heart", "External", "PTV_7000", "Femur_Head_L"})
        EXPECT_EQ(standard_name(name).name, name);
    EXPECT_EQ(standard_name("PTV70").role, Role::Ptv);
    EXPECT_EQ(standard_name("PTV1").role, Role::Ptv);
    EXPECT_EQ(standard_name("ITV").role, Role::Ctv);
    EXPECT_EQ(standard_name("Cord").role, Role::Organ);
    EXPECT_EQ(standard_name("body").role, Role::External);
    EXPECT_EQ(standard_name("couch").role, Role::Support);
    EXPECT_EQ(standard_name("nobody knows").role, Role::None);
    EXPECT_EQ(standard_name("nobody knows").colour, standard_name("nobody knows").colour);
    EXPECT_NE(standard_name("PTV_7000").colour, standard_name("PTV_5600").colour);
}

TEST(StructureSet, FindsByNameThenBySynonym) {
    StructureSet set;
    const char* names[] = {"RightParotid", "Cord", "SpinalCord", "PTV70"};
    for (const char* name : names) {
        set.structures.emplace_back();
        set.structures.back().name = name;
    }
    EXPECT_EQ(set.find("Parotid_R"), &set.structures[0]);
    EXPECT_EQ(set.find("SpinalCord"), &set.structures[2]) << "the exact name goes first";
    EXPECT_EQ(set.find("PTV_7000"), &set.structures[3]);
    EXPECT_EQ(set.find("Parotid_L"), nullptr);
    EXPECT_EQ(set.find("SpinalCanal"), nullptr) << "the canal is no cord";
    EXPECT_EQ(role_from_dicom(dicom_name(Role::Avoidance)), Role::Avoidance);
    EXPECT_EQ(role_from_dicom("anything"), Role::None);
}

StructureSet set_of(std::initializer_list<const char*> names) {
    StructureSet set;
    for (const char* name : names) {
        set.structures.emplace_back();
        set.structures.back().name = name;
        set.structures.back().contours = {{{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, ""}};
    }
    return set;
}

TEST(StructureSet, RefusesToChooseBetweenSynonyms) {
    for (const auto& [names, wanted] :
         {std::pair{set_of({"Myelon", "Cord"}), "SpinalCord"}, std::pair{set_of({"Body", "Patient"}), "External"},
          std::pair{set_of({"PTV70", "ptv 70 Gy"}), "PTV_7000"}, std::pair{set_of({"Heart", "Heart"}), "Heart"}}) {
        try {
            names.find(wanted);
            FAIL() << wanted;
        } catch (const InputError& problem) {
            for (const auto& structure : names.structures)
                EXPECT_NE(std::string(problem.what()).find(structure.name), std::string::npos) << problem.what();
        }
    }
    auto set = set_of({"Myelon", "Cord", "SpinalCord"});
    EXPECT_EQ(set.find("SpinalCord"), &set.structures[2]) << "the exact name goes first";
    set = set_of({"Body", "Patient"});
    set.structures[0].contours.clear();
    EXPECT_EQ(set.find("External"), &set.structures[1]) << "a name without contours is no choice";
}

}  // namespace
}  // namespace coutard
