package import Kernels

/// What an argument of `--kernel` asks for when it names a series: its newest release, one release, or several.
package struct KernelName: Equatable {
    package enum Choice: Equatable {
        case newest
        case one(String)
        /// Every release from one to another; nil is the oldest or the newest that there is.
        case range(from: String?, to: String?)
    }

    package let series: KernelSeries
    package let choice: Choice

    /// Understands `6.12`, `6.12.107`, `6.12@all`, `6.12@oldest..newest`, `6.12@6.12.90..6.12.107`, `6.12@90..107`.
    ///
    /// Returns nil for what names no series, which may be a path. Throws `GuestError`.
    package init?(_ argument: String, among all: [KernelSeries] = KernelSeries.all) throws {
        let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let series = Self.series(of: parts[0], among: all) else { return nil }
        self.series = series
        guard parts.count == 2 else {
            choice = parts[0] == series.name ? .newest : .one(parts[0])
            return
        }
        guard parts[0] == series.name else {
            throw GuestError(
                "\(argument): what follows '@' chooses among the releases of a series, such as \(series.name)")
        }
        if parts[1] == "all" {
            choice = .range(from: nil, to: nil)
            return
        }
        let ends = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard let gap = (0..<max(0, ends.count - 1)).first(where: { ends[$0].isEmpty && $0 > 0 }) else {
            throw GuestError("\(argument): after '@' comes 'all', or two releases with '..' between them")
        }
        func release(_ words: ArraySlice<Substring>, _ open: String) throws -> String? {
            let text = words.joined(separator: ".")
            if text == open { return nil }
            guard let first = text.first, first.isNumber || text.hasPrefix(series.name) else {
                throw GuestError("\(argument): '\(text)' is no release of \(series.name), nor '\(open)'")
            }
            return text.hasPrefix(series.name) ? text : "\(series.name).\(text)"
        }
        choice = .range(from: try release(ends[..<gap], "oldest"), to: try release(ends[(gap + 1)...], "newest"))
    }

    /// The series whose name a release's begins with: `6.1` for `6.1.192`, and not for `6.12`.
    private static func series(of name: String, among all: [KernelSeries]) -> KernelSeries? {
        all.first { series in
            guard name.hasPrefix(series.name) else { return false }
            let rest = name.dropFirst(series.name.count)
            return rest.isEmpty || (rest.hasPrefix(".") || rest.hasPrefix("-rc")) && rest.last!.isNumber
        }
    }

    /// Those of some releases that are asked for, oldest first.
    package func select(_ names: [String]) -> [String] {
        let ordered = names.sorted { KernelRelease.order(of: $0) < KernelRelease.order(of: $1) }
        switch choice {
        case .newest: return ordered.suffix(1)
        case .one(let name): return ordered.filter { $0 == name }
        case .range(let from, let to):
            return ordered.filter { name in
                let order = KernelRelease.order(of: name)
                return from.map { KernelRelease.order(of: $0) <= order } ?? true
                    && to.map { order <= KernelRelease.order(of: $0) } ?? true
            }
        }
    }
}
