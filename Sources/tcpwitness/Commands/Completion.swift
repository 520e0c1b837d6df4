internal import ArgumentParser
internal import Kernels
internal import Linux
internal import Record

// What shells complete besides files.
extension CompletionKind {
    /// Ids of scenarios.
    static let scenarios = list(catalogue(lane: .scaled).map(\.id))

    /// What `--tag` takes.
    static let tags = list(knownTags(of: catalogue(lane: .scaled)))

    /// Names of kernel series, and paths: a shell that asks for such words completes no files by itself.
    static let kernels = custom { _, _, word in KernelSeries.all.map(\.name) + paths(beginningWith: word) }
}

private func paths(beginningWith word: String) -> [String] {
    word.isEmpty ? [] : Files.matches(word + "*")
}
