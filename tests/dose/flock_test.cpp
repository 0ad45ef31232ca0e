// Azimuths, and moves and turns of a flock beside those of one particle alone.
#include "dose/montecarlo/flock.hd.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/par/philox.hd.hpp"

namespace coutard::dose {
namespace {

constexpr int room = flock_room<par::Host>;

TEST(Azimuth, GoesOnByTheGoldenAngle) {
    const double golden = 3.14159265358979323846 * (3 - std::sqrt(5.0));
    Azimuth phi{std::cos(0.3), std::sin(0.3)};
    for (int n = 1; n <= 32; ++n) {
        phi = phi.next();
        EXPECT_NEAR(phi.cos, std::cos(0.3 + n * golden), 1e-13);
        EXPECT_NEAR(phi.sin, std::sin(0.3 + n * golden), 1e-13);
    }
}

TEST(Azimuth, IsDrawnEvenlyOverTheCircle) {
    par::Philox rng(1, 2);
    double c = 0, s = 0, c2 = 0, cs = 0;
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) {
        const Azimuth a = Azimuth::drawn(rng);
        ASSERT_NEAR(a.cos * a.cos + a.sin * a.sin, 1, 1e-7);
        c += a.cos;
        s += a.sin;
        c2 += a.cos * a.cos;
        cs += a.cos * a.sin;
    }
    const double four_sigma = 4 * std::sqrt(0.5 / n);
    EXPECT_NEAR(c / n, 0, four_sigma);
    EXPECT_NEAR(s / n, 0, four_sigma);
    EXPECT_NEAR(c2 / n, 0.5, four_sigma);
    EXPECT_NEAR(cs / n, 0, four_sigma);
}

TEST(Turned, HasThePolarAngleAndTheAzimuth) {
    for (const Vec3& d : {Vec3{0, 0, 1}, Vec3{0, 0, -1}, unit(Vec3{1, -2, 0.5}), unit(Vec3{-3, 1, -4})}) {
        const Vec3 a = turned(d, 0.8, {1, 0}), b = turned(d, 0.8, {0, 1}), opposite = turned(d, 0.8, {-1, 0});
        for (const Vec3& t : {a, b, opposite}) {
            EXPECT_NEAR(dot(d, t), 0.8, 1e-8);
            EXPECT_NEAR(norm(t), 1, 1e-8);
        }
        const Vec3 across = a - d * 0.8, other = b - d * 0.8;
        EXPECT_NEAR(dot(across, other), 0, 1e-8);  // a quarter of a turn apart
        EXPECT_NEAR(norm(across + (opposite - d * 0.8)), 0, 1e-8);
    }
}

/// Ten particles of all kinds of places and directions in voxels of 4 x 5 x 6 mm, of densities 1, 0.25 and none.
struct Ten {
    std::vector<float> density = std::vector<float>(64, 1);
    std::vector<std::uint8_t> material = std::vector<std::uint8_t>(64, 0);
    Scene<par::Host> scene{{4, 4, 4}, {0.4, 0.5, 0.6}, {}, {}, {}, {}};
    Flock<room> flock;

    Ten() {
        for (std::size_t v = 0; v < 64; v += 3) density[v] = 0.25F;
        density[21] = 0;
        scene.density = par::view(std::as_const(density));
        scene.material = par::view(std::as_const(material));
        par::Philox rng(3, 4);
        for (int i = 0; i < 10; ++i) {
            Place p;
            for (int k = 0; k < 3; ++k) {
                p.voxel[k] = i == 9 ? 1 : static_cast<int>(4 * rng.uniform());  // the last where nothing is
                p.at[k] = (p.voxel[k] + rng.uniform()) * scene.voxel_cm[k];
            }
            const Vec3 d = unit(Vec3{rng.uniform() - 0.5, rng.uniform() - 0.5, rng.uniform() - 0.5});
            flock.add(scene, p, d, static_cast<float>(i + 1));
        }
    }
};

TEST(Flock, MovesEachAsOneAlone) {
    Ten ten;
    const Flock<room> before = ten.flock;
    constexpr double path = 0.03;  // g/cm2
    const bool all = move_inside(ten.flock, ten.scene.voxel_cm, path);
    int stayed = 0;
    for (int i = 0; i < 10; ++i) {
        Flock<1> alone;
        alone.add(ten.scene, before.place(ten.scene, i), before.way(i), before.weight[i]);
        const bool stays = move_inside(alone, ten.scene.voxel_cm, path);
        EXPECT_EQ(ten.flock.margin_cm[i] >= 0, stays) << i;
        const Vec3 a = ten.flock.place(ten.scene, i).at, b = alone.place(ten.scene, 0).at;
        EXPECT_NEAR(norm(a - b), 0, 1e-6) << i;
        if (!stays) continue;
        ++stayed;
        EXPECT_NEAR(ten.flock.margin_cm[i], alone.margin_cm[0], 1e-6) << i;
        const double cm = path / static_cast<double>(ten.density[before.flat[i]]);
        EXPECT_NEAR(norm(a - before.place(ten.scene, i).at), cm, 1e-6) << i;
    }
    EXPECT_EQ(all, stayed == 10);
    EXPECT_GT(stayed, 2);
    EXPECT_LT(stayed, 10);  // one is in a voxel without mass
}

TEST(Flock, TurnsEachAsOneAlone) {
    Ten ten;
    const Flock<room> before = ten.flock;
    const Azimuth about{std::cos(2.0), std::sin(2.0)};
    turn(ten.flock, -0.3, about);
    for (int i = 0; i < 10; ++i) {
        EXPECT_NEAR(norm(ten.flock.way(i) - turned(before.way(i), -0.3, about)), 0, 1e-6) << i;
        EXPECT_NEAR(dot(ten.flock.way(i), before.way(i)), -0.3, 1e-6) << i;
    }
}

TEST(Flock, TheLastTakesThePlaceOfTheOneThatGoes) {
    Ten ten;
    const Flock<room> before = ten.flock;
    ten.flock.remove(3);
    EXPECT_EQ(ten.flock.count, 9);
    EXPECT_EQ(ten.flock.weight[3], 10);
    EXPECT_EQ(ten.flock.flat[3], before.flat[9]);
    EXPECT_EQ(norm(ten.flock.place(ten.scene, 3).at - before.place(ten.scene, 9).at), 0);
    EXPECT_EQ(norm(ten.flock.way(3) - before.way(9)), 0);
    EXPECT_EQ(ten.flock.margin_cm[3], before.margin_cm[9]);
    EXPECT_TRUE(std::isinf(ten.flock.cm3_per_g[3]));
}

}  // namespace
}  // namespace coutard::dose
