internal import FoundationEssentials
internal import Linux

/// The first file system of a guest: our executables, what they are linked with, the modules they need, their orders.
package struct GuestImage {
    private let common: CpioArchive

    /// What the labs need of the kernel; af_packet may be built in or not.
    static let moduleNames = ["af_packet", "veth", "sch_netem", "inet_diag", "tcp_diag"]

    /// Takes the executables from a directory, and programs of this machine. Throws `GuestError`.
    ///
    /// - Parameter programs: their paths; each comes to `/bin`, what it is linked with to where it is here.
    package init(executablesIn directory: String, programs: [String] = []) throws {
        var archive = CpioArchive()
        for path in ["/proc", "/sys", "/dev", "/modules"] { archive.addDirectory(path) }
        var known: Set<String> = []
        // Without a console the first three descriptors of init would be closed.
        archive.addDevice("/dev/console", major: 5, minor: 1)
        for name in ["tcpwitness-lab", "tcpwitness-worker"] {
            let path = "\(directory)/\(name)"
            archive.add("/\(name)", try Self.stripped(path), executable: true)
            for library in try Self.libraries(of: path) where known.insert(library).inserted {
                archive.add(library, try readFile(library), executable: true)
            }
        }
        for path in programs {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard known.insert("/bin/\(name)").inserted else { continue }
            archive.add("/bin/\(name)", try readFile(path), executable: true)
            for library in try Self.libraries(of: path) where known.insert(library).inserted {
                archive.add(library, try readFile(library), executable: true)
            }
        }
        common = archive
    }

    /// The archive for one kernel.
    func archive(
        modules: [KernelModules.Module], arguments: [String], files: [(path: String, bytes: [UInt8])]
    ) -> [UInt8] {
        var archive = common
        for module in modules { archive.add("/modules/\(module.name).ko", module.contents) }
        archive.add("/modules/order", Array(modules.map { "/modules/\($0.name).ko\n" }.joined().utf8))
        for file in files { archive.add(file.path, file.bytes, executable: file.bytes.starts(with: Array("#!".utf8))) }
        archive.add("/arguments", Array(arguments.map { $0 + "\n" }.joined().utf8))
        return archive.archive
    }

    /// The executable without its symbols, which are most of it.
    private static func stripped(_ path: String) throws -> [UInt8] {
        let file = try TemporaryFile()
        let target = "/proc/\(OwnProcess.id)/fd/\(file.descriptor.raw)"
        _ = try Tool.output(of: ["strip", "-o", target, path])
        return try file.contents()
    }

    private static func libraries(of path: String) throws -> [String] {
        let result = try Tool.run(["ldd", path])
        // ldd fails for what is linked statically.
        guard result.status == .exited(0) else { return [] }
        return libraries(inLdd: result.text)
    }

    /// The paths in what ldd(1) prints: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)`.
    static func libraries(inLdd text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("/") }.map(String.init)
        }
    }
}
