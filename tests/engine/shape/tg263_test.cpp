#include "engine/shape/tg263.hpp"

#include <gtest/gtest.h>

#include <utility>

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
                                                         {"spinal canal", "SpinalCord"},
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
                                                         {"GTV", "GTV"},
                                                         // left alone
                                                         {"PTV1", "PTV1"},
                                                         {"PTVn_eval", "PTVn_eval"},
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
    EXPECT_EQ(role_from_dicom(dicom_name(Role::Avoidance)), Role::Avoidance);
    EXPECT_EQ(role_from_dicom("anything"), Role::None);
}

}  // namespace
}  // namespace coutard
