internal import Vocabulary

// Counters that kernels move at different times or by different names.

extension TimeWaiting {
    static let countedAtItsStart = Citation.commit("27dd35e02235", "5.18: TIME_WAIT is counted when it starts")
}

extension Host {
    /// Its minisocks are counted: when they start since 5.18, only when they end before.
    func countsMinisocks(_ count: Int64 = 1, by counter: String = "TW") throws {
        // The minisock can be seen an instant before it is counted.
        let atItsStart = try happens(within: .seconds(2)) { try self.counter(counter) != 0 }
        variant(atItsStart ? "TIME_WAIT counted at its start" : "TIME_WAIT counted at its end")
        counts([counter: atItsStart ? count : 0])
    }

    /// PAWS has rejected this much in TIME_WAIT, by whichever counter this kernel has for it.
    func countsPAWSInTimeWait(_ count: Int64) throws {
        _ = try happens(within: .seconds(2)) { try counter("PAWSTimewait") != 0 || counter("PAWSEstab") != 0 }
        let isOwn = try counter("PAWSTimewait") != 0
        variant(isOwn ? "PAWS in TIME_WAIT counted apart" : "PAWS in TIME_WAIT counted as in ESTABLISHED")
        counts(isOwn ? ["PAWSTimewait": count, "PAWSEstab": 0] : ["PAWSEstab": count])
    }
}
