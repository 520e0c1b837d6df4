package import Record

extension Verdict {
    /// From what asks for most attention to what asks for least.
    package static let gravest: [Verdict] = [.failed, .error, .skipped, .passed]

    /// What several attempts at one scenario come to; nil where there is none.
    package static func worst(of verdicts: some Sequence<Verdict>) -> Verdict? {
        let all = Set(verdicts)
        return gravest.first(where: all.contains)
    }
}
