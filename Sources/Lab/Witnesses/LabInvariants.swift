internal import CLinux
internal import Glibc
internal import Invariants
internal import Judge
internal import Record

extension Lab {
    /// Records as failed what TCP never does, whatever a scenario is about.
    ///
    /// Where a test plays another kernel by changing segments, nothing is judged: what one kernel sent is not what the
    /// other got.
    package func judgeInvariants(location: String) {
        guard configuration.faults.segments == nil else { return }
        for broken in brokenInvariants(timeline.ordered, link: linkUsed, release: Self.release) {
            let invariant = broken.invariant
            let expectation = Expectation(
                "\(invariant.statement)   (\(invariant.id): \(invariant.source))", exactness: .always,
                location: location, witnesses: ["segments"], canBeDisturbed: !invariant.isOfOneSegment)
            record(Finding(expectation, .broken(seen: broken.words, at: broken.breaches.first?.at ?? 0)))
        }
    }

    private static let release: String = {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()
}
