#include "engine/plan/case.hpp"

#include "engine/base/error.hpp"

namespace coutard {

std::string_view dicom_name(PatientPosition position) {
    switch (position) {
        case PatientPosition::Hfs:
            return "HFS";
        case PatientPosition::Hfp:
            return "HFP";
        case PatientPosition::Ffs:
            return "FFS";
        case PatientPosition::Ffp:
            return "FFP";
    }
    throw ContractError("dicom_name: unknown patient position");
}

PatientPosition patient_position(std::string_view text) {
    if (text == "HFS") return PatientPosition::Hfs;
    if (text == "HFP") return PatientPosition::Hfp;
    if (text == "FFS") return PatientPosition::Ffs;
    if (text == "FFP") return PatientPosition::Ffp;
    throw InputError("patient position: found \"" + std::string(text) +
                     "\", expected HFS, HFP, FFS or FFP (decubitus positions are not supported)");
}

Lying lying_of(PatientPosition position) {
    switch (position) {
        case PatientPosition::Hfs:
            return Lying::HeadFirstSupine;
        case PatientPosition::Hfp:
            return Lying::HeadFirstProne;
        case PatientPosition::Ffs:
            return Lying::FeetFirstSupine;
        case PatientPosition::Ffp:
            return Lying::FeetFirstProne;
    }
    throw ContractError("lying_of: unknown patient position");
}

}  // namespace coutard
