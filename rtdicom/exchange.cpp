#include "rtdicom/exchange.hpp"

#include "rtdicom/codec/ct.hpp"
#include "rtdicom/codec/dose.hpp"
#include "rtdicom/codec/plan.hpp"
#include "rtdicom/codec/registration.hpp"
#include "rtdicom/codec/structures.hpp"

namespace coutard::rtdicom {
namespace {
namespace fs = std::filesystem;

/// The port's door: each call goes to the codec of its object.
class DicomExchange final : public Exchange {
  public:
    explicit DicomExchange(ExchangeOptions options) : options_(std::move(options)) {}

    CtImage read_ct(const fs::path& source, std::optional<PatientPosition> position) const override {
        return rtdicom::read_ct(source, position, options_.series_uid);
    }
    StructureSet read_structures(const fs::path& file) const override { return rtdicom::read_structures(file); }
    Plan read_plan(const fs::path& file) const override { return rtdicom::read_plan(file); }
    Dose read_dose(const fs::path& file) const override { return rtdicom::read_dose(file, options_.relative_dose); }
    RegistrationObject read_registration(const fs::path& file) const override {
        return rtdicom::read_registration(file);
    }

    std::string write_ct(const fs::path& folder, CtImage& ct) const override { return rtdicom::write_ct(folder, ct); }
    std::string write_structures(const fs::path& file, const StructureSet& structures,
                                 const CtImage& ct) const override {
        return rtdicom::write_structures(file, structures, ct);
    }
    std::string write_plan(const fs::path& file, const Plan& plan, const CtImage& ct) const override {
        return rtdicom::write_plan(file, plan, ct);
    }
    std::string write_dose(const fs::path& file, const Dose& dose, const CtImage& ct) const override {
        return rtdicom::write_dose(file, dose, ct, options_.dose_bits);
    }
    std::string write_registration(const fs::path& file, const RegistrationObject& registration, const CtImage& fixed,
                                   const CtImage& moving) const override {
        return rtdicom::write_registration(file, registration, fixed, moving);
    }

  private:
    ExchangeOptions options_;
};

}  // namespace

std::unique_ptr<Exchange> make_exchange(const ExchangeOptions& options) {
    return std::make_unique<DicomExchange>(options);
}

}  // namespace coutard::rtdicom
