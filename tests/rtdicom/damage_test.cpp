// Bytes changed at random: every reader answers with a value or an InputError, never with anything else.
#include <random>

#include "toy_plan.hpp"

namespace coutard::rtdicom::test {
namespace {

/// Changes 1 to 6 bytes of a file, mostly in places where they do harm: to 0, to 255, or by one bit.
std::string damaged(std::string bytes, std::mt19937& random) {
    const int changes = 1 + static_cast<int>(random() % 6);
    for (int change = 0; change < changes; ++change) {
        char& byte = bytes[132 + random() % (bytes.size() - 132)];
        const auto how = random() % 4;
        if (how == 0) byte = 0;
        if (how == 1) byte = static_cast<char>(0xFF);
        if (how >= 2) byte = static_cast<char>(byte ^ 1 << random() % 8);
    }
    return bytes;
}

/// How many of the damaged files were refused.
int refused_of(const fs::path& file, int tries, const std::function<void()>& read) {
    std::mt19937 random(1922);
    const auto whole = bytes_of(file);
    int refused = 0;
    for (int attempt = 0; attempt < tries; ++attempt) {
        write_bytes(file, damaged(whole, random));
        try {
            read();
        } catch (const InputError& error) {
            ++refused;
        } catch (const std::exception& error) {
            ADD_FAILURE() << file.filename() << ", attempt " << attempt << ": " << error.what();
        }
    }
    write_bytes(file, whole);
    return refused;
}

TEST(Damage, OneSliceOfACt) {
    const ToyFolder toy;
    EXPECT_GT(refused_of(toy.slice(3), 400, [&] { toy.read(); }), 20);
}

TEST(Damage, StructuresPlanAndDose) {
    const ToyStudy toy;
    EXPECT_GT(refused_of(toy.structures_file, 400, [&] { toy.exchange->read_structures(toy.structures_file); }), 20);
    EXPECT_GT(refused_of(toy.plan_file, 400, [&] { toy.exchange->read_plan(toy.plan_file); }), 20);
    EXPECT_GT(refused_of(toy.dose_file, 400, [&] { toy.exchange->read_dose(toy.dose_file); }), 20);
}

TEST(Damage, Registrations) {
    const ToyFolder toy;
    for (const bool deformable : {false, true}) {
        const auto file = toy.scratch / "reg.dcm";
        RegistrationObject object;
        if (deformable) object.field = DisplacementField(Grid({3, 3, 2}, {0, 0, 0}, {9, 9, 9}), Vec3f{1, 2, 3});
        toy.exchange->write_registration(file, object, toy.ct, toy.ct);
        EXPECT_GT(refused_of(file, 400, [&] { toy.exchange->read_registration(file); }), 20);
    }
}

}  // namespace
}  // namespace coutard::rtdicom::test
