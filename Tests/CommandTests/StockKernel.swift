import Foundation

/// A kernel that 'tcpwitness kernel fetch' has brought, for tests that boot one.
struct StockKernel {
    let series: String
    let image: String
    /// The files of those modules that a guest may load.
    let modules: [URL]

    static let hasQEMU = FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64")

    /// The newest series with tracepoints for resets that is in the user's cache, or any.
    static let cached: StockKernel? = ["6.12", "6.1", "5.10", "7.2"].lazy.compactMap(StockKernel.init).first

    private init?(series: String) {
        let root = URL(filePath: NSHomeDirectory() + "/.cache/tcpwitness/kernels/\(series)")
        let names = ["veth", "sch_netem", "inet_diag", "tcp_diag", "af_packet"]
        // Of several releases the newest, by its version: the archive moves, and the store keeps what it had.
        let releases = (try? FileManager.default.contentsOfDirectory(atPath: root.path())) ?? []
        let newest = releases.filter { !$0.hasPrefix(".") }.max {
            $0.compare($1, options: .numeric) == .orderedAscending
        }
        guard let newest,
            let all = FileManager.default.enumerator(
                at: root.appending(path: newest), includingPropertiesForKeys: nil)
        else { return nil }
        var image: URL?
        var modules: [URL] = []
        for case let file as URL in all {
            let name = file.lastPathComponent
            if name.hasPrefix("vmlinuz") { image = file }
            if names.contains(where: { name.hasPrefix("\($0).ko") }) { modules.append(file) }
        }
        guard let image else { return nil }
        self.series = series
        self.image = image.path()
        self.modules = modules
    }
}
