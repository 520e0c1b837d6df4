internal import Compare
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
            guard Files.isDirectory(path) else { throw Complaint("the baselines '\(path)' are no directory") }
            return BaselineDirectory(path: path)
        }
        guard let own = OwnProcess.executable else { return nil }
        var place = own[...]
        while let slash = place.lastIndex(of: "/") {
            place = place[..<slash]
            for path in ["\(place)/Harness/Baselines", "\(place)/share/tcpwitness/baselines"]
            where Files.isDirectory(path) {
                return BaselineDirectory(path: path)
            }
        }
        return nil
    }

    func file(_ series: String) -> String { "\(path)/\(series).json" }

    /// The baseline of a series; nil where there is none yet.
    func baseline(_ series: String) throws -> Baseline? {
        guard Files.exists(file(series)) else { return nil }
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
        let names = (try? Files.names(in: path)) ?? []
        return names.compactMap { name in
            KernelVersion(release: name).flatMap { name == "\($0.series).json" ? $0 : nil }
        }
    }
}
