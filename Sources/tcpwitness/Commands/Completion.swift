internal import ArgumentParser
internal import Glibc
internal import Kernels
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
    var found = glob_t()
    defer { globfree(&found) }
    guard !word.isEmpty, glob(word + "*", GLOB_MARK | GLOB_TILDE, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
}
