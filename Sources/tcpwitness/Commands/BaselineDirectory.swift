internal import Compare
internal import Glibc
internal import Linux

/// Where the baselines of the kernel series are. All throw complaints.
struct BaselineDirectory {
    let path: String

    /// The one that is asked for, or that of `TCPWITNESS_BASELINES`, or the one of the source tree or the
    /// installation that this executable is in.
    static func find(_ option: String?) throws -> BaselineDirectory {
        guard let directory = try findIfAny(option) else {
            throw Complaint("there is no directory of baselines; name one with --baselines or TCPWITNESS_BASELINES")
        }
        return directory
    }

    /// Nil where nobody asked for one and there is none.
    static func findIfAny(_ option: String?) throws -> BaselineDirectory? {
        let variable = Terminal.variable("TCPWITNESS_BASELINES") ?? ""
        if let path = option ?? (variable.isEmpty ? nil : variable) {
            guard isDirectory(path) else { throw Complaint("the baselines '\(path)' are no directory") }
            return BaselineDirectory(path: path)
        }
        guard let own = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(own) }
        var place = String(cString: own)[...]
        while let slash = place.lastIndex(of: "/") {
            place = place[..<slash]
            for path in ["\(place)/Harness/Baselines", "\(place)/share/tcpwitness/baselines"] where isDirectory(path) {
                return BaselineDirectory(path: path)
            }
        }
        return nil
    }

    func file(_ series: String) -> String { "\(path)/\(series).json" }

    /// The baseline of a series; nil where there is none yet.
    func baseline(_ series: String) throws -> Baseline? {
        guard access(file(series), F_OK) == 0 else { return nil }
        let bytes = try InputFile.bytes(file(series))
        do {
            let baseline = try Baseline(json: bytes)
            guard baseline.series == series else {
                throw BaselineError("is the baseline of \(baseline.series)")
            }
            return baseline
        } catch {
            throw Complaint("\(file(series)): \(error)")
        }
    }

    /// The baseline of a kernel's series, or else of the nearest one: the newest before it, or the oldest after it.
    func nearest(to kernel: KernelVersion) throws -> Baseline? {
        if let own = try baseline(kernel.series) { return own }
        let others = series().filter { $0.series != kernel.series }.sorted()
        let nearest = others.last { ($0.major, $0.minor) < (kernel.major, kernel.minor) } ?? others.first
        return try nearest.flatMap { try baseline($0.series) }
    }

    /// The series that have a baseline.
    private func series() -> [KernelVersion] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var found: [KernelVersion] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".json"), let version = KernelVersion(release: name) else { continue }
            if name == "\(version.series).json" { found.append(version) }
        }
        return found
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
