#include "gui/widgets/banner.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/logic/patient.hpp"
#include "gui/widgets/theme.hpp"

namespace coutard::gui {
namespace {

/// "FAMILY^Given^Middle" as people write it.
QString person_name(const std::string& dicom) {
    const QStringList parts = qt_text(dicom).section('=', 0, 0).split('^');
    QString name = parts.value(0);
    const QString given = (parts.value(1) + " " + parts.value(2)).simplified();
    if (!given.isEmpty()) name += (name.isEmpty() ? "" : ", ") + given;
    return name.isEmpty() ? QStringLiteral("Name not given") : name;
}

QString date_of(const std::string& dicom) {
    const QString d = qt_text(dicom);
    return d.size() == 8 ? d.left(4) + "-" + d.mid(4, 2) + "-" + d.right(2) : QStringLiteral("not given");
}

QString or_dash(const std::string& text) {
    return text.empty() ? QStringLiteral("\u2013") : qt_text(text);
}

QString plan_text(const Patient& patient) {
    if (!patient.plan) return QStringLiteral("none");
    const Plan& plan = *patient.plan;
    QString text = or_dash(plan.label);
    if (plan.prescription_Gy > 0)
        text += QStringLiteral("   %1 Gy in %2").arg(plan.prescription_Gy, 0, 'g', 5).arg(plan.fractions);
    if (!plan.target.empty()) text += " to " + qt_text(plan.target);
    return text + QStringLiteral("   %1 %2, %3 MU")
                      .arg(plan.beams.size())
                      .arg(plan.beams.size() == 1 ? "beam" : "beams")
                      .arg(plan.monitor_units(), 0, 'f', 0);
}

QString dose_text(const Patient& patient) {
    if (!patient.dose) return QStringLiteral("none");
    QString text = QStringLiteral("max %1 Gy").arg(static_cast<double>(patient.most_Gy), 0, 'f', 1);
    if (patient.dose->summation == DoseSummation::Beam) text += ", one beam";
    if (patient.dose->summation == DoseSummation::Fraction) text += ", one fraction";
    text += patient.dose->to == DoseTo::Water ? ", to water" : ", to medium";
    if (patient.doses_found > 1) text += QStringLiteral("   1 of %1 doses").arg(patient.doses_found);
    return text;
}

struct Cell {
    QVBoxLayout* layout;
    QLabel* value;
};

Cell cell(const QString& heading, QWidget* parent) {
    auto* top = new QLabel(heading, parent);
    top->setStyleSheet("color: #929aa6; font-size: 10px;");
    auto* value = new QLabel(parent);
    value->setTextFormat(Qt::PlainText);
    auto* layout = new QVBoxLayout;
    layout->setSpacing(1);
    layout->addWidget(top);
    layout->addWidget(value);
    return {layout, value};
}

}  // namespace

Banner::Banner(QWidget* parent) : QFrame(parent) {
    setObjectName("banner");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(28);
    const auto put = [&](const QString& heading) {
        const Cell made = cell(heading, this);
        row->addLayout(made.layout);
        return made.value;
    };
    name_ = put("PATIENT");
    name_->setObjectName("PatientName");
    name_->setStyleSheet("font-size: 16px; font-weight: bold; color: #ffffff;");
    person_ = put("ID   BORN   SEX");
    image_ = put("IMAGE");
    plan_ = put("PLAN");
    dose_ = put("DOSE");
    dose_->setObjectName("DoseFacts");
    row->addStretch();
    name_->setText("No patient");
}

void Banner::show_patient(const Patient& patient) {
    const Study& study = patient.ct.study;
    name_->setText(person_name(study.patient_name));
    const QString id = or_dash(study.patient_id);  // some are UIDs
    person_->setToolTip(id);
    person_->setText(fontMetrics().elidedText(id, Qt::ElideMiddle, 220) + "   " + date_of(study.patient_birth_date) +
                     "   " + or_dash(study.patient_sex));
    const Size3 n = patient.ct.hu.grid().size();
    image_->setText(QStringLiteral("CT %1   %2 \u00d7 %3 \u00d7 %4   %5%6")
                        .arg(study.study_date.empty() ? QString() : date_of(study.study_date))
                        .arg(n.x)
                        .arg(n.y)
                        .arg(n.z)
                        .arg(qt_text(dicom_name(patient.ct.position)))
                        .arg(patient.ct.position_assumed ? " (assumed)" : "")
                        .replace("CT    ", "CT   "));
    plan_->setText(plan_text(patient));
    dose_->setText(dose_text(patient));
}

}  // namespace coutard::gui
