#pragma once
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "gui/logic/open_sources.hpp"
#include "tests/gui/lopsided_phantom.hpp"

namespace coutard::test {

/// A meta header of part 10 with nothing behind it: enough to say what a file holds.
inline void write_meta_header(const std::filesystem::path& file, const std::string& sop_class) {
    std::string uid = sop_class;
    if (uid.size() % 2 == 1) uid.push_back('\0');
    std::string text(128, '\0');
    text += "DICM";
    text += std::string("\x02\x00\x00\x00UL\x04\x00", 8) + std::string("\x50\x00\x00\x00", 4);
    text += std::string("\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01", 14);
    text += std::string("\x02\x00\x02\x00UI", 6) + std::string(1, static_cast<char>(uid.size())) +
            std::string(1, '\0') + uid;
    std::ofstream(file, std::ios::binary) << text << std::string(64, 'x');
}

/// Answers with the lopsided phantom whatever a file holds; files named *bad* are refused.
class ToyExchange : public Exchange {
  public:
    LopsidedPhantom phantom;
    std::chrono::milliseconds delay{0};
    std::string uneven;  ///< a structure whose contours cannot be filled

    CtImage read_ct(const std::filesystem::path& source, std::optional<PatientPosition>) const override {
        std::this_thread::sleep_for(delay);
        refuse_bad(source);
        return phantom.ct();
    }
    StructureSet read_structures(const std::filesystem::path& file) const override {
        refuse_bad(file);
        StructureSet set = phantom.structure_set();
        set.label = set.sop_uid = file.stem().string();
        return set;
    }
    Plan read_plan(const std::filesystem::path& file) const override {
        refuse_bad(file);
        Plan plan = phantom.plan();
        plan.label = file.stem().string();
        plan.sop_uid = file.stem().string();
        plan.structure_set_uid = "rs";
        return plan;
    }
    Dose read_dose(const std::filesystem::path& file) const override {
        refuse_bad(file);
        Dose dose = phantom.dose();
        dose.plan_uid = "plan_b";
        dose.comment = file.stem().string();
        if (file.stem().string().find("beam") != std::string::npos) dose.summation = DoseSummation::Beam;
        return dose;
    }
    RegistrationObject read_registration(const std::filesystem::path&) const override { throw NotBuilt("toy"); }
    std::string write_ct(const std::filesystem::path&, CtImage&) const override { throw NotBuilt("toy"); }
    std::string write_structures(const std::filesystem::path&, const StructureSet&, const CtImage&) const override {
        throw NotBuilt("toy");
    }
    std::string write_plan(const std::filesystem::path&, const Plan&, const CtImage&) const override {
        throw NotBuilt("toy");
    }
    std::string write_dose(const std::filesystem::path&, const Dose&, const CtImage&) const override {
        throw NotBuilt("toy");
    }
    std::string write_registration(const std::filesystem::path&, const RegistrationObject&, const CtImage&,
                                   const CtImage&) const override {
        throw NotBuilt("toy");
    }

  private:
    static void refuse_bad(const std::filesystem::path& file) {
        if (file.string().find("bad") != std::string::npos)
            throw InputError(file.string() + ": Rows (0028,0010): found 0, expected a positive number");
    }
};

inline constexpr const char* ct_uid = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr const char* dose_uid = "1.2.840.10008.5.1.4.1.1.481.2";
inline constexpr const char* structures_uid = "1.2.840.10008.5.1.4.1.1.481.3";
inline constexpr const char* plan_uid = "1.2.840.10008.5.1.4.1.1.481.5";

inline gui::Readers toy_readers(std::shared_ptr<const ToyExchange> exchange) {
    gui::Readers readers;
    readers.read_ct = [exchange](const std::filesystem::path& source) {
        return exchange->read_ct(source, std::nullopt);
    };
    readers.mask_of = [exchange](const Structure& s, const Grid&) {
        validate(s.name != exchange->uneven, s.name + ": contour leaves the plane of the slices");
        for (const Blob& blob : exchange->phantom.structures())
            if (blob.name == s.name) return exchange->phantom.mask(blob);
        return Mask{};
    };
    readers.check_structures = [](const StructureSet& set, const CtImage&) {
        if (set.label.find("foreign") != std::string::npos)
            throw InputError("RTSTRUCT: FrameOfReferenceUID (0020,0052): found 9.9, expected 1.2.3");
    };
    readers.check_plan = [](const Plan&, const CtImage&) {};
    readers.check_dose = [](const Dose&, const CtImage&) {};
    readers.exchange = std::move(exchange);
    return readers;
}

}  // namespace coutard::test
