"""Reads the objects of a folder with pydicom and says what it found, one line per object.

Used by others_test.cpp: a reader that shares no code with ours must find what was written.
"""
import pathlib
import sys

import numpy
import pydicom


def ct(folder):
    slices = [pydicom.dcmread(file) for file in sorted(folder.glob("*.dcm"))]
    total = sum(int(s.pixel_array.astype(numpy.int64).sum()) for s in slices)
    first = slices[0]
    return f"CT {len(slices)} slices of {first.Rows} x {first.Columns}, name {first.PatientName}, sum {total}", slices


def structures(d, slices):
    rois = {r.ROINumber: r.ROIName for r in d.StructureSetROISequence}
    types = {o.ReferencedROINumber: o.RTROIInterpretedType for o in d.RTROIObservationsSequence}
    parts = []
    for item in d.ROIContourSequence:
        contours = getattr(item, "ContourSequence", None) or []
        points = sum(len(c.ContourData) // 3 for c in contours)
        number = item.ReferencedROINumber
        parts.append(f"{rois[number]} {types[number]} {len(contours)} contours {points} points")
    series = d.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    named = {i.ReferencedSOPInstanceUID for i in series.ContourImageSequence}
    matched = len(named & {s.SOPInstanceUID for s in slices})
    return f"RTSTRUCT {'; '.join(parts)}; references {matched} images of the CT"


def plan(d, structure_set):
    points = sum(len(b.ControlPointSequence) for b in d.BeamSequence)
    group = d.FractionGroupSequence[0]
    units = sum(float(b.BeamMeterset) for b in group.ReferencedBeamSequence)
    same = d.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID == structure_set.SOPInstanceUID
    return (f"RTPLAN {d.ApprovalStatus}, {len(d.BeamSequence)} beams, {points} control points, {units:.1f} MU, "
            f"{group.NumberOfFractionsPlanned} fractions, structures {'referenced' if same else 'NOT referenced'}")


def dose(d, rtplan):
    gy = d.pixel_array * float(d.DoseGridScaling)
    same = d.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID == rtplan.SOPInstanceUID
    return (f"RTDOSE {d.DoseUnits} {' x '.join(map(str, gy.shape))}, maximum {gy.max():.3f}, "
            f"plan {'referenced' if same else 'NOT referenced'}")


def rigid(d):
    matrix = d.RegistrationSequence[1].MatrixRegistrationSequence[0].MatrixSequence[0]
    m = [float(v) for v in matrix.FrameOfReferenceTransformationMatrix]
    return f"REG rigid {len(d.RegistrationSequence)} items, moving to fixed {m[3]:g} {m[7]:g} {m[11]:g}"


def deformable(d):
    grid = d.DeformableRegistrationSequence[0].DeformableRegistrationGridSequence[0]
    vectors = numpy.frombuffer(grid.VectorGridData, dtype="<f4").reshape(-1, 3)
    mean = " ".join(f"{v:.1f}" for v in vectors.mean(axis=0))
    return f"REG deformable grid {' '.join(map(str, grid.GridDimensions))}, mean {mean}"


def main(folder):
    text, slices = ct(folder / "ct")
    print(text)
    read = {name: pydicom.dcmread(folder / f"{name}.dcm") for name in ("rs", "rp", "rd", "rigid", "deformable")}
    print(structures(read["rs"], slices))
    print(plan(read["rp"], read["rs"]))
    print(dose(read["rd"], read["rp"]))
    print(rigid(read["rigid"]))
    print(deformable(read["deformable"]))
    assert len({d.StudyInstanceUID for d in [*slices, *read.values()]}) == 1, "one study"
    assert len({d.FrameOfReferenceUID for d in [*slices, *read.values()]}) == 1, "one frame of reference"


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
