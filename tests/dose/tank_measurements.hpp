#pragma once
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "dose/commissioning/beam_fit.hpp"
#include "tests/harness/shared_data.hpp"

namespace coutard::test {

/// Empty curves of a commissioning set: a depth dose and profiles along x, y and the diagonal per field, and output
/// factors at 10 cm depth, SSD 90 cm.
inline std::vector<dose::MeasuredCurve> empty_curves(const std::vector<double>& sides_cm, double deepest_cm,
                                                     const std::vector<double>& depths_cm, double step_mm) {
    using dose::CurveKind, dose::MeasuredCurve;
    std::vector<MeasuredCurve> out;
    for (double side : sides_cm) {
        MeasuredCurve c;
        c.field_x_mm = c.field_y_mm = 10 * side;
        c.ssd_mm = 900;
        const auto point = [&](Vec3 at) { c.points.push_back({at, 0, 0, static_cast<int>(c.points.size()) + 1}); };
        for (double z = 2; z <= 10 * deepest_cm + 1e-6; z += z < 40 ? 2 : 10) point({0, 0, z});
        out.push_back(c);
        for (double depth : depths_cm)
            for (char axis : {'x', 'y', 'd'}) {
                c.kind = CurveKind::Profile;
                c.axis = axis;
                c.points.clear();
                const double reach = (5 * side * (axis == 'd' ? 1.4 : 1)) * (900 + 10 * depth) / 1000 + 25;
                const int steps = static_cast<int>(reach / step_mm);
                for (int k = -steps; k <= steps; ++k) {
                    const double s = k * step_mm * (axis == 'd' ? std::sqrt(0.5) : 1);
                    point({axis == 'y' ? 0 : s, axis == 'x' ? 0 : s, 10 * depth});
                }
                out.push_back(c);
            }
        c.kind = CurveKind::Output;
        c.axis = 'z';
        c.points.clear();
        point({0, 0, 100});
        out.push_back(c);
    }
    return out;
}

/// What a machine gives at the points, in percent, with noise.
inline void measure(std::vector<dose::MeasuredCurve>& curves, const dose::BeamModel& model, const dose::WaterTank& tank,
                    double fine_mm, const dose::ConeLayout& layout, double noise, unsigned seed) {
    const auto readings = dose::tank_readings(model, curves, tank, fine_mm, layout, {});
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    double reference = 1;
    for (std::size_t c = 0; c < curves.size(); ++c)
        if (curves[c].kind == dose::CurveKind::Output && curves[c].field_x_mm == 100) reference = readings[c][0];
    for (std::size_t c = 0; c < curves.size(); ++c) {
        double most = 0;
        for (double d : readings[c]) most = std::max(most, d);
        const bool output = curves[c].kind == dose::CurveKind::Output;
        for (std::size_t i = 0; i < readings[c].size(); ++i)
            curves[c].points[i].value = output ? readings[c][i] / reference * (1 + 0.5 * noise * normal(random))
                                               : std::max(0.0, 100 * (readings[c][i] / most + noise * normal(random)));
    }
}

inline std::string number(double value, const char* format = "%.6g") {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

inline void write_csv(const std::filesystem::path& file, const std::vector<dose::MeasuredCurve>& curves,
                      bool outputs_only) {
    std::ofstream out(file);
    out << "# relative dose in water\nkind,field_x_cm,field_y_cm,ssd_cm,depth_cm,axis,position_cm,value\n";
    for (const auto& c : curves)
        for (const auto& p : c.points) {
            const bool output = c.kind == dose::CurveKind::Output, depth = c.kind == dose::CurveKind::DepthDose;
            if (outputs_only && !output) continue;
            out << (output  ? "output,"
                    : depth ? "pdd,"
                            : "profile,")
                << number(0.1 * c.field_x_mm) << ',' << number(0.1 * c.field_y_mm) << ',' << number(0.1 * c.ssd_mm)
                << ',' << (depth ? "" : number(0.1 * p.at_mm.z)) << ',' << (output ? "" : std::string(1, c.axis)) << ','
                << (output ? "" : number(0.1 * c.place_mm(p))) << ',' << number(p.value) << '\n';
        }
}

inline void write_w2cad(const std::filesystem::path& file, const std::vector<dose::MeasuredCurve>& curves) {
    std::ofstream out(file);
    std::size_t scans = 0;
    for (const auto& c : curves) scans += c.kind != dose::CurveKind::Output;
    out << "$NUMS " << number(static_cast<double>(scans), "%03.0f") << '\n';
    for (const auto& c : curves) {
        if (c.kind == dose::CurveKind::Output) continue;
        const bool depth = c.kind == dose::CurveKind::DepthDose;
        out << "$STOM\n%VERSION 02\n%DATE 27-11-26\n%DETY CHA\n%BMTY PHO\n%FLSZ " << number(c.field_x_mm, "%03.0f")
            << '*' << number(c.field_y_mm, "%03.0f") << "\n%TYPE "
            << (depth           ? "OPD"
                : c.axis == 'd' ? "DPR"
                                : "OPP")
            << "\n%AXIS "
            << (depth           ? 'Z'
                : c.axis == 'x' ? 'X'
                : c.axis == 'y' ? 'Y'
                                : 'D')
            << "\n%PNTS " << c.points.size() << "\n%STEP 010\n%SSD " << number(c.ssd_mm, "%04.0f") << '\n';
        if (!depth) out << "%DPTH " << number(c.depth_mm(), "%03.0f") << '\n';
        for (const auto& p : c.points)
            out << '<' << number(p.at_mm.x, "%+08.3f") << ' ' << number(p.at_mm.y, "%+08.3f") << ' '
                << number(p.at_mm.z, "%+08.3f") << ' ' << number(p.value, "%+08.3f") << ">\n";
        out << "$ENOM\n";
    }
    out << "$ENOF\n";
}

inline void write_rfa300(const std::filesystem::path& file, const std::vector<dose::MeasuredCurve>& curves) {
    std::ofstream out(file);
    std::size_t scans = 0;
    for (const auto& c : curves) scans += c.kind != dose::CurveKind::Output;
    out << ":MSR \t" << scans << "\t # No. of measurement in file\n:SYS BDS 0 # Beam Data Scanner System\n";
    for (const auto& c : curves) {
        if (c.kind == dose::CurveKind::Output) continue;
        const bool depth = c.kind == dose::CurveKind::DepthDose;
        const auto place = [](const dose::MeasuredPoint& p) {
            return number(p.at_mm.y, "\t%8.3f") + number(p.at_mm.x, "\t%8.3f") + number(p.at_mm.z, "\t%8.3f");
        };
        out << "#\n# RFA300 ASCII Measurement Dump ( BDS format )\n#\n%VNR 1.0\n%MOD \tRAT\n%TYP \tSCN \n%SCN \t"
            << (depth           ? "DPT"
                : c.axis == 'd' ? "DIA"
                                : "PRO")
            << " \n%FLD \tION \n%DAT \t11-27-2026 \n%TIM \t12:00:00 \n"
            << "%FSZ \t" << c.field_y_mm << '\t' << c.field_x_mm << "\n%BMT \tPHO\t    6.0\n%SSD \t" << c.ssd_mm
            << "\n%BUP \t0\n%BRD \t1000\n%FSH \t1\n%ASC \t0\n%WEG \t0\n%GPO \t0\n%CPO \t0\n%MEA \t" << (depth ? 1 : 2)
            << "\n%PRD \t" << (depth ? 0 : 10 * c.depth_mm()) << "\n%PTS \t" << c.points.size() << "\n%STS "
            << place(c.points.front()) << " # Start Scan values in mm ( X , Y , Z )\n%EDS " << place(c.points.back())
            << " # End Scan values in mm ( X , Y , Z )\n#\n#\t  X      Y      Z     Dose\n#\n";
        for (const auto& p : c.points) out << "= " << place(p) << number(p.value, "\t%8.3f") << '\n';
        out << ":EOM  # End of Measurement\n";
    }
    out << ":EOF # End of File\n";
}

/// The generic machine with every fitted number moved.
inline dose::BeamModel hidden_model() {
    dose::BeamModel m = dose::read_beam_model(repository("data"), "generic_6mv");
    m.spectrum_power = 0.25;
    m.softening = beam_softening(m, repository("data/physics"));
    m.focal.sigma_x_mm *= 2.0 / 1.5;
    m.focal.sigma_y_mm *= 1.1 / 1.5;
    m.extra_focal->fluence = 0.11;
    m.electrons->disc.fluence = 0.0065;
    for (std::size_t k = 1; k < m.off_axis_factor.size(); ++k)
        m.off_axis_factor[k] *= 1 + 0.03 * std::min(1.0, m.off_axis_mm[k] / 100);
    return m;
}

}  // namespace coutard::test
