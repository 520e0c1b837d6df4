internal import Report

/// Outputs that could not be written, which must neither end a run nor lose the others.
final class OutputFailures {
    private var complaints: [Complaint] = []

    /// Does what may fail; returns false, and keeps what to say at the end, if it does.
    @discardableResult
    func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch let complaint as Complaint {
            note(complaint)
        } catch {
            note(Complaint("\(error)"))
        }
        return false
    }

    /// Keeps a complaint, once.
    func note(_ complaint: Complaint) {
        if !complaints.contains(where: { $0.line == complaint.line }) { complaints.append(complaint) }
    }

    /// Says what was lost, and gives the status that the process then has: a lost report is no success, but takes
    /// nothing from what is known of the kernel.
    func conclude(_ status: ExitStatus) -> ExitStatus {
        for complaint in complaints { complaint.print() }
        switch status {
        case .asExpected, .harnessError, .nothingRan: return complaints.isEmpty ? status : .usage
        case .regression, .usage, .unjudged, .stop, .interrupted, .terminated, .hungUp: return status
        }
    }
}
