import Foundation
import Testing

@testable import Guest

/// RPM packages as rpmbuild makes them, and what can be wrong with them.
@Suite(.enabled(if: hasTools("rpmbuild", "sha256sum"), "needs rpm")) struct RPMPackageTests {
    private static let release = "9.9.1-200.fc99.x86_64"
    private let tree: Tree

    init() throws { tree = try Tree(["empty": []]) }

    private var finder: KernelFinder { KernelFinder(store: KernelStore(root: "\(tree.path)/store"), series: []) }

    /// A kernel's packages as Fedora divides them: the image beside its modules, and the modules.
    private func build(compression: String, architecture: String = "x86_64") throws -> (core: String, modules: String) {
        let image = try #require(MadeArchive.image(Self.release).values.first)
        let files = [
            "kernel-core": ["lib/modules/\(Self.release)/vmlinuz": image, "etc/other": [1, 2, 3]],
            "kernel-modules": MadeArchive.modules(Self.release),
        ]
        var paths: [String: String] = [:]
        for (name, contents) in files {
            let source = "\(tree.path)/\(name)-\(compression)-\(architecture)"
            for (path, bytes) in contents {
                let file = URL(filePath: "\(source)/\(path)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: file)
            }
            let spec = """
                Name: \(name)
                Version: 9.9.1
                Release: 200
                Summary: a test
                License: none
                %description
                a test
                %install
                cp -a \(source)/. %{buildroot}
                %files
                /*

                """
            try Data(spec.utf8).write(to: URL(filePath: "\(source).spec"))
            _ = try Tool.output(of: [
                "rpmbuild", "-bb", "--quiet", "--target", "\(architecture)-linux", "--define",
                "_topdir \(source).rpmbuild",
                "--define", "_binary_payload \(compression)", "--define", "__os_install_post %{nil}",
                "--define", "_build_id_links none", "--define", "__strip /bin/true", "\(source).spec",
            ])
            paths[name] = "\(source).rpmbuild/RPMS/\(architecture)/\(name)-9.9.1-200.\(architecture).rpm"
        }
        return (try #require(paths["kernel-core"]), try #require(paths["kernel-modules"]))
    }

    @Test(arguments: ["w9.gzdio", "w2.xzdio", "w3.zstdio"]) func boots(_ compression: String) throws {
        let (core, modules) = try build(compression: compression)
        let kernel = try #require(finder.kernels("\(core),\(modules)").first)
        #expect(kernel.label == Self.release)
        #expect(kernel.image.hasSuffix("/lib/modules/\(Self.release)/vmlinuz"))
        #expect(try kernel.moduleNames() == ["veth", "inet_diag", "tcp_diag"])
        // Only what a guest needs is unpacked.
        let root = kernel.image.prefix { $0 != "\0" }.split(separator: "/lib/modules/").first ?? ""
        #expect(!FileManager.default.fileExists(atPath: "/\(root)/etc"))
    }

    private func expect(_ path: String, _ message: String) {
        #expect(throws: GuestError("\(path): \(message)")) { try finder.kernels(path) }
    }

    @Test func broken() throws {
        let (core, modules) = try build(compression: "w9.gzdio")
        let hint = "give the package with its modules too, with a comma between the two"
        expect(core, "no module veth of \(Self.release); \(hint)")
        expect(modules, "no kernel image: neither boot/vmlinuz-* nor lib/modules/*/vmlinuz")
        let good = try readFile(core)
        func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
            let path = "\(tree.path)/\(name).rpm"
            try Data(bytes).write(to: URL(filePath: path))
            return path
        }
        let damaged = "an RPM package that is cut off or damaged: its contents are not those of its header"
        expect(try write("end", good.dropLast(10)), damaged)
        for length in [4, 96, 100, 112, 500] {
            expect(try write("cut\(length)", good.prefix(length)), "an RPM package that is cut off")
        }
        var changed = good
        changed[good.count - 20] ^= 1
        expect(try write("changed", changed), damaged)
        // Counts that no file could hold.
        var huge = good
        huge.replaceSubrange(104..<112, with: [UInt8](repeating: 0xff, count: 8))
        expect(try write("huge", huge), "an RPM package that is cut off")
    }

    @Test func anotherArchitecture() throws {
        let (core, _) = try build(compression: "w9.gzdio", architecture: "aarch64")
        expect(core, "a package for aarch64, not for x86_64")
    }

    /// Nothing of an archive is written outside of the directory, and no size of it is believed.
    @Test func hostileArchives() throws {
        func archive(_ name: String, size: String = "00000004") -> [UInt8] {
            let count = String(name.utf8.count + 1, radix: 16)
            let nameSize = String(repeating: "0", count: 8 - count.count) + count
            let zero = "00000000"
            let head = [
                "070701", zero, "000081A4", zero, zero, "00000001", zero, size, zero, zero, zero, zero, nameSize, zero,
            ]
            var bytes = Array((head.joined() + name).utf8) + [0]
            while bytes.count % 4 != 0 { bytes.append(0) }
            return bytes + [1, 2, 3, 4]
        }
        var found: [String] = []
        let cut = GuestError("an archive that is cut off or damaged")
        #expect(throws: cut) { try CpioReader(archive("boot/x")).forEach { name, _ in found.append(String(name)) } }
        #expect(found == ["boot/x"])
        for size in ["FFFFFFFF", "-0000001", "00000005", "zzzzzzzz"] {
            #expect(throws: cut) { try CpioReader(archive("boot/x", size: size)).forEach { _, _ in } }
        }
        #expect(throws: cut) { try CpioReader([]).forEach { _, _ in } }
    }
}
