/// In which kernels a change is: mainline's from some series on, and point releases of older series that took it over.
package struct Releases: Sendable, Equatable {
    /// The first mainline series with the change.
    package var mainline: KernelVersion
    /// The mainline series that took it out again, if one did.
    package var reverted: KernelVersion?
    package var backports: [Backport]

    package init(mainline: KernelVersion, reverted: KernelVersion? = nil, backports: [Backport] = []) {
        self.mainline = mainline
        self.reverted = reverted
        self.backports = backports
    }

    /// Whether a kernel may have the change, by all that is known.
    package func mayHave(_ kernel: KernelVersion) -> Bool { spans(kernel).contains { $0.mayHave(kernel.patch) } }

    /// Whether a kernel may lack the change, by all that is known.
    package func mayLack(_ kernel: KernelVersion) -> Bool { spans(kernel).allSatisfy { $0.mayLack(kernel.patch) } }

    /// Whether one kernel may lack the change while the other has it.
    ///
    /// Within a series each alone is not enough: what came at an unknown point release stays from then on, unless it
    /// was taken out, and one and the same release cannot do both.
    package func maySeparate(lacking old: KernelVersion, having new: KernelVersion) -> Bool {
        guard mayLack(old), mayHave(new) else { return false }
        guard old.series == new.series, old.distribution == new.distribution, let lacks = old.patch,
            let has = new.patch
        else { return true }
        return spans(new).contains { $0.maySeparate(lacks, has) }
    }

    /// Where in its series a kernel has the change; empty where none of the series has it.
    private func spans(_ kernel: KernelVersion) -> [Backport] {
        let series = (kernel.major, kernel.minor)
        var spans = backports.filter {
            $0.series.series == kernel.series && ($0.distribution == nil || $0.distribution == kernel.distribution)
        }
        // Stable trees follow mainline's revert sooner or later.
        for index in spans.indices where reverted != nil && spans[index].revert == .never {
            spans[index].revert = .possible
        }
        guard spans.isEmpty, series >= (mainline.major, mainline.minor) else { return spans }
        guard let reverted, series >= (reverted.major, reverted.minor) else {
            return [Backport(kernel.major, kernel.minor, 0...)]
        }
        return series > (reverted.major, reverted.minor)
            ? [] : [Backport(kernel.major, kernel.minor, revert: .possible)]
    }

    /// Where it was taken out again, in words; nil where it was not.
    var revertWords: String? {
        var words = backports.compactMap { backport -> String? in
            guard case .at(let point) = backport.revert else { return nil }
            let series = backport.series.series
            return "in \(backport.first.map { "\(series).\($0)" } ?? series) to \(series).\(point - 1)"
        }
        if let reverted { words.append("reverted in \(reverted.series)") }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

/// The point releases of one series that have a change.
package struct Backport: Sendable, Equatable {
    package enum Revert: Sendable, Equatable {
        case never
        /// The first point release without the change.
        case at(Int)
        /// Any later one may lack it.
        case possible
    }

    package var series: KernelVersion
    /// The first point release with the change; nil where it is only known that there is one.
    package var first: Int?
    package var revert: Revert
    /// Whose kernels have it; nil for the stable tree's, and so for everybody's.
    package var distribution: String?

    /// One that came at a point release that is not known.
    package init(_ major: Int, _ minor: Int, revert: Revert = .never, by distribution: String? = nil) {
        series = KernelVersion(major, minor)
        self.revert = revert
        self.distribution = distribution
    }

    /// One that came and stayed.
    package init(_ major: Int, _ minor: Int, _ points: PartialRangeFrom<Int>, by distribution: String? = nil) {
        self.init(major, minor, by: distribution)
        first = points.lowerBound
    }

    /// One that came and was taken out again.
    package init(_ major: Int, _ minor: Int, _ points: ClosedRange<Int>, by distribution: String? = nil) {
        self.init(major, minor, revert: .at(points.upperBound + 1), by: distribution)
        first = points.lowerBound
    }

    fileprivate func mayHave(_ point: Int?) -> Bool {
        guard let point else { return true }
        if let first, point < first { return false }
        guard case .at(let end) = revert else { return true }
        return point < end
    }

    /// Whether the one point release may be without the change and the other with it.
    fileprivate func maySeparate(_ lacks: Int, _ has: Int) -> Bool {
        if lacks < has { return first.map { lacks < $0 && $0 <= has } ?? true }
        guard has < lacks else { return false }
        switch revert {
        case .never: return false
        case .possible: return true
        case .at(let point): return has < point && point <= lacks
        }
    }

    fileprivate func mayLack(_ point: Int?) -> Bool {
        guard let point else { return first != 0 || revert != .never }
        guard let first, point >= first else { return true }
        switch revert {
        case .never: return false
        case .possible: return point > first
        case .at(let end): return point >= end
        }
    }
}
