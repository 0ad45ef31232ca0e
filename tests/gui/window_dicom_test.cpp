// DICOM files through the real reader into the window.
#include <QElapsedTimer>
#include <QLabel>
#include <QPlainTextEdit>

#include "engine/phantom/phantom_study.hpp"
#include "engine/phantom/recipe.hpp"
#include "engine/shape/rasterise.hpp"
#include "gui/widgets/dvh_plot.hpp"
#include "rtdicom/exchange.hpp"
#include "rtdicom/references.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/harness/scratch.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::test {
namespace {

using gui::Plane;

gui::Readers dicom_readers() {
    gui::Readers readers;
    readers.exchange = rtdicom::make_exchange();
    readers.read_ct = [exchange = readers.exchange](const std::filesystem::path& source) {
        return exchange->read_ct(source, std::nullopt);
    };
    readers.mask_of = [](const Structure& structure, const Grid& grid) { return rasterise(structure, grid); };
    readers.check_structures = [](const StructureSet& set, const CtImage& ct) { rtdicom::check_belongs(set, ct); };
    readers.check_plan = [](const Plan& plan, const CtImage& ct) { rtdicom::check_belongs(plan, ct); };
    readers.check_dose = [](const Dose& dose, const CtImage& ct) { rtdicom::check_belongs(dose, ct); };
    return readers;
}

const Mask* mask_named(const phantom::PhantomPatient& patient, const std::string& name) {
    for (const auto& m : patient.masks)
        if (m.name == name) return &m.mask;
    return nullptr;
}

Vec3 middle_of(const Mask& mask) {
    Vec3 sum;
    double weight = 0;
    for (int k = 0; k < mask.grid().size().z; ++k)
        for (int j = 0; j < mask.grid().size().y; ++j)
            for (int i = 0; i < mask.grid().size().x; ++i) {
                sum = sum + mask.grid().point(i, j, k) * mask.at(i, j, k);
                weight += mask.at(i, j, k);
            }
    return sum / weight;
}

class WindowDicom : public WindowTest {
  protected:
    void SetUp() override {
        COUTARD_NEEDS(have_screen, "no virtual display: Xvfb is not installed");
        window = std::make_unique<gui::MainWindow>(dicom_readers());
        window->show();
    }
    void open(const std::filesystem::path& folder) const {
        window->open({folder});
        ASSERT_TRUE(QTest::qWaitFor([&] { return !window->loading(); }, 120000));
        const auto* details = window->findChild<QPlainTextEdit*>("MessageDetails");
        ASSERT_FALSE(details->isVisible()) << details->toPlainText().toStdString();
        ASSERT_NE(review().patient(), nullptr);
    }
    /// Pixels brighter than air in a row of the screen, some way down a view.
    static int bright_in_row(const QImage& image, const QRect& area, double down) {
        const int y = area.top() + static_cast<int>(down * area.height());
        int count = 0;
        for (int x = area.left() + 30; x < area.right() - 30; ++x) count += qGray(image.pixel(x, y)) > 60;
        return count;
    }
    /// Milliseconds from a turn of the wheel to the picture.
    double scroll_ms() const {
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 10; ++i) {
            review().scroll(Plane::Axial, i < 5 ? 1 : -1);
            view(Plane::Axial)->repaint();
            QApplication::processEvents();
        }
        return static_cast<double>(clock.elapsed()) / 10;
    }
};

TEST_F(WindowDicom, OpensThePhantomPatientWithAPlanAndDose) {
    const auto recipe = phantom::read_recipe(repository("data/phantoms/head_neck.json"));
    auto made = phantom::make_patient(recipe, {}, {}, phantom::grid_of(recipe, {2.5, 2.5, 3}), 1922);
    made.ct.study.patient_name = "Phantom^HeadNeck";
    made.ct.study.patient_id = "PHANTOM-1";
    const Mask* target = mask_named(made, "PTV_7000");
    ASSERT_NE(target, nullptr);
    const Vec3 middle = middle_of(*target);
    const Scratch folder;
    const auto exchange = rtdicom::make_exchange();
    exchange->write_ct(folder.path(), made.ct);
    const StructureSet set = phantom::structures_of(made, "TRUTH");
    const std::string rs_uid = exchange->write_structures(folder / "RS.dcm", set, made.ct);
    Plan plan;
    plan.label = "Static";
    plan.fractions = 35;
    plan.prescription_Gy = 70;
    plan.target = "PTV_7000";
    plan.beams.resize(1);
    plan.beams[0].isocentre_mm = middle;
    plan.beams[0].name = "AP";
    plan.beams[0].monitor_units = 100;
    plan.beams[0].control_points = {ControlPoint{}, ControlPoint{}};
    plan.beams[0].control_points[1].cumulative = 1;
    plan.structure_set_uid = rs_uid;
    // A dose that falls off around the target: 72 Gy in its middle.
    Dose dose;
    dose.fractions = 35;
    dose.plan_uid = exchange->write_plan(folder / "RP.dcm", plan, made.ct);
    dose.gy = Volume<float>(resampled_grid(made.ct.hu.grid(), {4, 4, 3}));
    for (int k = 0; k < dose.gy.grid().size().z; ++k)
        for (int j = 0; j < dose.gy.grid().size().y; ++j)
            for (int i = 0; i < dose.gy.grid().size().x; ++i) {
                const double r = norm(dose.gy.grid().point(i, j, k) - middle);
                dose.gy.at(i, j, k) = static_cast<float>(72 / (1 + std::exp((r - 45) / 12)));
            }
    exchange->write_dose(folder / "RD.dcm", dose, made.ct);
    open(folder.path());
    settle();
    shot("phantom_patient");
    EXPECT_EQ(review().structure_count(), set.structures.size());
    EXPECT_EQ(find<QLabel>("PatientName")->text(), "Phantom, HeadNeck");
    for (std::size_t s = 0; s < set.structures.size(); ++s) {
        const Mask* truth = mask_named(made, set.structures[s].name);
        ASSERT_NE(truth, nullptr);
        const double cm3 = gui::volume_of(*truth).value();
        // polygons inscribe curved outlines: at 2.5 mm pixels a cord of 9 mm loses 6 % of its area
        EXPECT_NEAR(review().patient()->structures[s].volume.value(), cm3, 0.07 * cm3 + 0.05) << set.structures[s].name;
    }
    EXPECT_LT(norm(review().cursor_mm() - middle), 3);
    EXPECT_NEAR(*review().reading(middle).dose_Gy, 72 / (1 + std::exp(-45 / 12.0)), 1);
    std::printf("scrolling one slice: %.0f ms\n", scroll_ms());
}

TEST_F(WindowDicom, OpensARealHeadAndNeck) {
    const auto shared = shared_data();
    if (!shared || !std::filesystem::exists(*shared / "dicom/hn_ct")) GTEST_SKIP() << "shared/dicom/hn_ct not found";
    QElapsedTimer clock;
    clock.start();
    open(*shared / "dicom/hn_ct");
    std::printf("opened in %.1f s\n", static_cast<double>(clock.elapsed()) / 1000);
    EXPECT_EQ(gui::slice_count(review().patient()->display, Plane::Axial), 90);
    EXPECT_EQ(find<QLabel>("ReferenceWord")->text(), "Reference");  // no dose, no maximum
    review().set_window({400, 1800});
    shot("real_ct");
    // Head above, shoulders below: the rows of the screen through them are as wide as these are.
    const QRect coronal(view(Plane::Coronal)->mapTo(window.get(), QPoint(0, 0)), view(Plane::Coronal)->size());
    const int above = bright_in_row(shot("real_coronal"), coronal, 0.3), below = bright_in_row(shot(), coronal, 0.75);
    EXPECT_GT(above, 20);
    EXPECT_GT(below, 1.5 * above);
    std::printf("scrolling one slice: %.0f ms\n", scroll_ms());
}

/// For the eye: any folder, named by the environment.
TEST_F(WindowDicom, OpensAFolderOfOnesChoice) {
    const char* folder = std::getenv("COUTARD_VIEW_FOLDER");
    if (folder == nullptr) GTEST_SKIP() << "COUTARD_VIEW_FOLDER names no folder";
    open(folder);
    shot("chosen_folder");
    QTest::mouseDClick(view(Plane::Axial), Qt::LeftButton, {}, {50, 50});
    shot("chosen_axial");
}

}  // namespace
}  // namespace coutard::test
