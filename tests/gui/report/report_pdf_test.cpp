// What a reader of the PDF sees, read back by Poppler.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "gui/report/report.hpp"
#include "tests/gui/needed.hpp"
#include "tests/gui/report/command_output.hpp"
#include "tests/gui/report/report_phantom.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::gui::report {
namespace {

using test::output_of;

/// A word on the page [pt], y downwards.
struct Word {
    std::string text;
    double left, top, right, bottom;
    double x() const { return (left + right) / 2; }
    double y() const { return (top + bottom) / 2; }
};

/// Lines such as <word xMin="40.1" yMin="36.2" xMax="97.0" yMax="61.6">Treatment</word>.
std::vector<Word> words_of(const std::filesystem::path& pdf) {
    std::istringstream lines(output_of("pdftotext -bbox " + pdf.string() + " -"));
    std::vector<Word> words;
    for (std::string line; std::getline(lines, line);) {
        Word word{};
        int text = 0;
        const int found = std::sscanf(line.c_str(), " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%n",
                                      &word.left, &word.top, &word.right, &word.bottom, &text);
        if (found != 4 || text == 0) continue;
        word.text = line.substr(static_cast<std::size_t>(text));
        word.text.resize(std::min(word.text.size(), word.text.find("</word>")));
        words.push_back(word);
    }
    return words;
}

/// Grey levels of the first page as a small screen shows it, one pixel per point: there a tight clip costs a row.
struct Page {
    int columns = 0, rows = 0;
    std::string grey;

    /// Ink in a word's box with a rim around, in whole black pixels.
    double ink(const Word& w) const {
        double sum = 0;
        for (int r = static_cast<int>(w.top - 1); r < static_cast<int>(w.bottom + 1); ++r)
            for (int c = static_cast<int>(w.left - 1); c < static_cast<int>(w.right + 1); ++c)
                sum += 1 - static_cast<unsigned char>(grey.at(static_cast<std::size_t>(r * columns + c))) / 255.0;
        return sum;
    }
};

Page page_of(const std::filesystem::path& pdf) {
    const auto picture = pdf.parent_path() / "page";
    EXPECT_EQ(std::system(("pdftoppm -r 72 -gray -singlefile " + pdf.string() + " " + picture.string()).c_str()), 0);
    std::ifstream in(picture.string() + ".pgm", std::ios::binary);
    Page page;
    std::string magic;
    int most = 0;
    in >> magic >> page.columns >> page.rows >> most;
    in.get();
    page.grey.assign(std::istreambuf_iterator<char>(in), {});
    return page;
}

class PdfScene : public ::testing::Test {
  protected:
    void SetUp() override {
        COUTARD_NEEDS(std::system("pdftotext -v > /dev/null 2>&1") == 0, "pdftotext is not installed");
        const auto p = test::report_phantom(5);
        report.scene = make_plan_report(p.plan_case(), {}).scene;
    }
    std::vector<Word> written() const {
        write_pdf(scratch / "r.pdf", report);
        return words_of(scratch / "r.pdf");
    }
    /// From the top down.
    static std::vector<Word> those(const std::vector<Word>& words, const std::string& text) {
        std::vector<Word> found;
        std::copy_if(words.begin(), words.end(), std::back_inserter(found),
                     [&](const Word& w) { return w.text == text; });
        std::sort(found.begin(), found.end(), [](const Word& a, const Word& b) { return a.top < b.top; });
        return found;
    }
    test::Scratch scratch;
    Report report;
};

TEST_F(PdfScene, LettersStandAtTheirEdges) {
    const auto words = written();
    const auto r = those(words, "R"), l = those(words, "L"), a = those(words, "A"), p = those(words, "P"),
               h = those(words, "H"), f = those(words, "F");
    for (const auto* letters : {&r, &l, &a, &p, &h, &f}) ASSERT_EQ(letters->size(), 2u);
    for (const std::size_t picture : {0u, 1u}) {  // axial, and coronal below it: the right is on the left
        EXPECT_LT(r[picture].x(), l[picture].x() - 50);
        EXPECT_NEAR(r[picture].y(), l[picture].y(), 0.5);
    }
    EXPECT_LT(a[0].y(), p[0].y() - 50);  // axial: anterior is up
    EXPECT_NEAR(a[0].x(), p[0].x(), 0.5);
    EXPECT_LT(a[1].x(), p[1].x() - 50);  // sagittal: anterior is on the left
    EXPECT_NEAR(a[1].y(), p[1].y(), 0.5);
    for (const auto& head : h)
        for (const auto& feet : f) EXPECT_LT(head.y(), feet.y() - 50);
    for (const auto* letters : {&h, &f})  // one pair on the coronal picture, one on the sagittal
        EXPECT_EQ(std::count_if(letters->begin(), letters->end(),
                                [&](const Word& w) { return w.x() > r[1].x() && w.x() < l[1].x(); }),
                  1);
}

TEST_F(PdfScene, LegendNamesAreWhole) {
    ASSERT_GE(report.scene->structures.size(), 2u);
    report.scene->structures[0].name = report.scene->structures[1].name = "PTV_7000";
    // Whether a tight clip costs a row of pixels depends on where the name lies between them: try many places.
    for (int place = 0; place < 7; ++place) {
        report.warnings.assign(static_cast<std::size_t>(place), "a line");
        report.scene->axial.width_mm += 0.37;
        const auto names = those(written(), "PTV_7000");
        ASSERT_EQ(names.size(), 2u);
        const Page page = page_of(scratch / "r.pdf");
        const double first = page.ink(names[0]), second = page.ink(names[1]);
        EXPECT_GT(second, 20);
        EXPECT_NEAR(first, second, 0.05 * second) << place;
    }
}

TEST_F(PdfScene, LongNamesStayInTheirRow) {
    report.scene->structures[0].name = std::string(80, 'W') + "\nsecond line";
    const auto words = written();
    const auto cut =
        std::find_if(words.begin(), words.end(), [](const Word& w) { return w.text.rfind("WWW", 0) == 0; });
    ASSERT_NE(cut, words.end());
    EXPECT_LT(cut->bottom - cut->top, 12);  // one line, though Poppler tells the whole name
    for (const Word& w : words) EXPECT_LT(w.right, 595.28 - 35) << w.text;
}

}  // namespace
}  // namespace coutard::gui::report
