import Foundation
import Kernels

@testable import Guest

/// Whether these programs are in PATH.
func hasTools(_ names: String...) -> Bool {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.allSatisfy { name in path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") } }
}

/// An archive of packages that a test makes and signs, as a distribution's is.
final class MadeArchive {
    let root = FileManager.default.temporaryDirectory.appending(path: "tcpwitness-\(UUID().uuidString)").path()

    static let isPossible = hasTools("apt-get", "dpkg-deb", "dpkg-scanpackages", "gpg", "sha256sum")

    init() throws {
        for name in ["gnupg", "trees", "pool"] {
            try FileManager.default.createDirectory(
                atPath: "\(root)/\(name)", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        _ = try gpg(["--quick-generate-key", "archive <archive@example>", "ed25519", "sign", "never"])
        _ = try gpg(["--output", keyring, "--export"])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private var keyring: String { "\(root)/keyring.gpg" }

    private func gpg(_ arguments: [String]) throws -> Tool.Result {
        try Tool.output(
            of: [
                "gpg", "--homedir", "\(root)/gnupg", "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback",
                "--passphrase", "",
            ] + arguments)
    }

    /// Makes a package; returns its path.
    @discardableResult
    static func package(
        in directory: String, _ name: String, _ version: String, depends: String = "", architecture: String = "amd64",
        _ files: [String: [UInt8]]
    ) throws -> String {
        let tree = "\(directory)/\(name)_\(version).tree"
        let control = """
            Package: \(name)
            Version: \(version)
            Architecture: \(architecture)
            Maintainer: nobody <nobody@example>
            Description: a test
            \(depends.isEmpty ? "" : "Depends: \(depends)\n")
            """.replacingOccurrences(of: "\n\n", with: "\n")
        for (path, contents) in files.merging(["DEBIAN/control": Array(control.utf8)], uniquingKeysWith: { $1 }) {
            let file = URL(filePath: "\(tree)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(contents).write(to: file)
        }
        defer { try? FileManager.default.removeItem(atPath: tree) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(tree)/DEBIAN")
        let path = "\(directory)/\(name)_\(version)_\(architecture).deb"
        _ = try Tool.output(of: ["dpkg-deb", "-Zgzip", "--root-owner-group", "--build", tree, path])
        return path
    }

    func add(_ name: String, _ version: String, depends: String = "", _ files: [String: [UInt8]]) throws {
        try Self.package(in: "\(root)/pool", name, version, depends: depends, files)
    }

    /// An image of a release with one module that is needed.
    static func kernel(_ release: String) -> [String: [UInt8]] {
        image(release).merging(modules(release)) { $1 }
    }

    static func image(_ release: String) -> [String: [UInt8]] {
        ["boot/vmlinuz-\(release)": KernelImageTests.bzImage([0x1f, 0x8b, 8, 0], release: "\(release) (builder) #1")]
    }

    static func modules(_ release: String, of built: String? = nil) -> [String: [UInt8]] {
        let module = Array("ELF\0depends=\0name=x\0vermagic=\(built ?? release) SMP \0".utf8)
        return ["veth", "inet_diag", "tcp_diag"].reduce(into: [:]) {
            $0["lib/modules/\(release)/kernel/net/\($1).ko"] = module
        }
    }

    func remove(_ name: String) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/pool") where file.hasPrefix(name) {
            try FileManager.default.removeItem(atPath: "\(root)/pool/\(file)")
        }
    }

    /// Writes the indexes of a suite and signs them.
    func publish(_ suite: String = "made", signed: Bool = true) throws {
        let place = "\(root)/dists/\(suite)"
        try FileManager.default.createDirectory(
            atPath: "\(place)/main/binary-amd64", withIntermediateDirectories: true)
        let index = try Tool.output(of: ["dpkg-scanpackages", "--multiversion", "pool"], in: root).output
        try Data(index).write(to: URL(filePath: "\(place)/main/binary-amd64/Packages"))
        let sum = try Tool.output(of: ["sha256sum"], input: index).text.prefix(64)
        let release = """
            Origin: made
            Suite: \(suite)
            Codename: \(suite)
            Architectures: amd64
            Components: main
            Date: Thu, 01 Jan 2026 00:00:00 UTC
            SHA256:
             \(sum) \(index.count) main/binary-amd64/Packages

            """
        try? FileManager.default.removeItem(atPath: "\(place)/InRelease")
        try Data(release.utf8).write(to: URL(filePath: "\(place)/Release"))
        if signed { _ = try gpg(["--clearsign", "--output", "\(place)/InRelease", "\(place)/Release"]) }
    }

    /// A series of it, in these suites.
    func series(
        _ name: String, version: String? = nil, suites: [String] = ["made"],
        flavours: [String] = ["cloud-amd64", "amd64"],
        numbering: KernelSeries.Numbering = .upstream, keyring other: String? = nil
    ) -> KernelSeries {
        let archive = KernelArchive(
            name: "made-\(UUID().uuidString)", address: "file:\(root)", keyring: other ?? keyring,
            keyringPackage: "made-keyring")
        return KernelSeries(
            name: name, version: version ?? name, sources: suites.map { KernelSeries.Source(archive, $0) },
            flavours: flavours, numbering: numbering)
    }

    /// A store beside it.
    var store: KernelStore { KernelStore(root: "\(root)/store") }
}
