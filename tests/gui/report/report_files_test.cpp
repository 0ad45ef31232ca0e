#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "engine/base/error.hpp"
#include "gui/report/document.hpp"
#include "gui/report/report.hpp"
#include "tests/gui/needed.hpp"
#include "tests/gui/report/command_output.hpp"
#include "tests/gui/report/report_phantom.hpp"
#include "tests/harness/scratch.hpp"

namespace coutard::gui::report {
namespace {

using test::output_of;

const Report& phantom_report() {
    static const Report made = [] {
        const auto p = test::report_phantom(5);
        return make_plan_report(p.plan_case(), {});
    }();
    return made;
}

std::string text_in(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t times(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

TEST(Html, IsOneSelfContainedFile) {
    const auto html = html_of(phantom_report());
    EXPECT_NE(html.find("Not a medical device"), std::string::npos);
    for (const char* word :
         {"PHANTOM^HEAD", "PTV_7000", "D95%", "not evaluated", "Parotid_L", "UNAPPROVED", "600.3 per fraction"})
        EXPECT_NE(html.find(word), std::string::npos) << word;
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("http:"), std::string::npos);
    EXPECT_EQ(html.find("https:"), std::string::npos);
    for (const std::string attribute : {"src=\"", "href=\""})
        EXPECT_EQ(times(html, attribute), times(html, attribute + "data:")) << attribute;
    EXPECT_EQ(times(html, "<img"), 2u);
}

TEST(Html, HostileNamesStayText) {
    Report report = phantom_report();
    const std::string evil = "<script>alert(\"x\")</script>' onload='y' &lt; \x01";
    report.title = evil;
    report.patient[0].value = evil;
    report.patient[1].label = evil;
    report.structures[0].name = evil;
    report.goals[0].goal.structure = evil;
    report.goals[1].reason = evil;
    report.dvh.curves[0].name = evil;
    report.beams[0].name = evil;
    report.warnings = {evil};
    report.limits = {evil};
    const auto html = html_of(report);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("onload='"), std::string::npos);
    EXPECT_EQ(html.find('\x01'), std::string::npos);
    EXPECT_NE(html.find("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onload=&#39;y&#39; &amp;lt;"),
              std::string::npos);
    test::Scratch scratch;
    EXPECT_NO_THROW(write_pdf(scratch / "r.pdf", report));
}

TEST(Html, BrokenUtf8DoesNotStopTheDrawing) {
    Report report = phantom_report();
    report.patient[0].value = "M\xfcller^J\xf6rg";
    report.structures[0].name = report.dvh.curves[0].name = "PTV \xff\xfe";
    test::Scratch scratch;
    EXPECT_NO_THROW(write_html(scratch / "r.html", report));
    EXPECT_NO_THROW(write_pdf(scratch / "r.pdf", report));
}

TEST(Pdf, EveryPageSaysWhatItIsNot) {
    test::Scratch scratch;
    write_pdf(scratch / "r.pdf", phantom_report());
    EXPECT_EQ(text_in(scratch / "r.pdf").substr(0, 5), "%PDF-");
    COUTARD_NEEDS(std::system("pdftotext -v > /dev/null 2>&1") == 0, "pdftotext is not installed");
    const auto text = output_of("pdftotext -layout " + (scratch / "r.pdf").string() + " -");
    const auto pages = times(text, "\f");
    EXPECT_GE(pages, 2u);
    EXPECT_EQ(times(text, "Not a medical device"), pages + 1);  // and the head of the first
    EXPECT_NE(text.find("Page 1 of " + std::to_string(pages)), std::string::npos) << text;
    for (const char* word :
         {"PTV_7000", "Clinical goals", "What is not known", "600.3 per fraction", "no structure Brainstem"})
        EXPECT_NE(text.find(word), std::string::npos) << word;
}

TEST(Pdf, LongTablesGoOnWithTheirHead) {
    Report report = phantom_report();
    while (report.goals.size() < 120) report.goals.push_back(report.goals[report.goals.size() % 8]);
    test::Scratch scratch;
    write_pdf(scratch / "r.pdf", report);
    COUTARD_NEEDS(std::system("pdftotext -v > /dev/null 2>&1") == 0, "pdftotext is not installed");
    const auto text = output_of("pdftotext -layout " + (scratch / "r.pdf").string() + " -");
    EXPECT_GE(times(text, "Priority   "), 3u) << text;
}

TEST(Report, AdaptationShowsBothPlans) {
    Report report = phantom_report();
    AdaptationSection a;
    a.scheduled_goals = a.adapted_goals = report.goals;
    a.dvh = overlay(report.dvh, report.dvh, "solid: adapted");
    a.recommendation = "adapt";
    a.reasons = {"the target moved"};
    report.adaptation = a;
    const auto html = html_of(report);
    EXPECT_NE(html.find("<div class=\"notice unknown\"><strong>Recommendation: adapt"), std::string::npos);
    EXPECT_NE(html.find("Value, scheduled"), std::string::npos);
    EXPECT_EQ(times(html, "<img"), 3u);
    report.adaptation->recommendation = "deliver the scheduled plan";
    report.adaptation->deliver = true;
    EXPECT_NE(html_of(report).find("<div class=\"notice good\"><strong>Recommendation: deliver"), std::string::npos);
    report.adaptation->adapted_goals.pop_back();
    EXPECT_THROW(html_of(report), ContractError);
}

TEST(Report, FilesAreWholeOrNotThere) {
    test::Scratch scratch;
    EXPECT_THROW(write_html(scratch / "none" / "r.html", phantom_report()), OutputError);
    EXPECT_THROW(write_pdf(scratch / "none" / "r.pdf", phantom_report()), OutputError);
    EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
    Report empty;
    EXPECT_NO_THROW(write_pdf(scratch / "e.pdf", empty));
    EXPECT_NE(html_of(empty).find("Not a medical device"), std::string::npos);
}

}  // namespace
}  // namespace coutard::gui::report
