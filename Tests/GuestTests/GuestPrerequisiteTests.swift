import Foundation
import Kernels
import Testing

@testable import Guest

/// What is said of a machine that lacks something.
@Suite struct GuestPrerequisiteTests {
    /// A directory with programs of these names, as the whole PATH.
    private func machine(_ names: [String]) throws -> (tree: Tree, check: GuestPrerequisiteCheck) {
        let files = names.map { ("bin/\($0)", Array("#!/bin/sh\necho QEMU emulator version 7.2.22\n".utf8)) }
        let tree = try Tree(Dictionary(uniqueKeysWithValues: files + [("empty", [])]))
        for name in names {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(tree.path)/bin/\(name)")
        }
        return (tree, GuestPrerequisiteCheck(path: "\(tree.path)/bin"))
    }

    private static let whole = ["qemu-system-x86_64", "strip", "ldd", "sh"]

    @Test func nothingIsMissing() throws {
        let (tree, check) = try machine(Self.whole)
        #expect(check.obstacle(fetching: []) == nil)
        let line = try #require(check.all().first).line
        #expect(
            line == "ok       qemu-system-x86_64: \(tree.path)/bin/qemu-system-x86_64, QEMU emulator version 7.2.22")
    }

    /// Everything at once, with what each distribution calls it.
    @Test(arguments: [
        ("apt-get", "apt-get install qemu-system-x86", "apt-get install binutils", "apt-get install libc-bin"),
        ("dnf", "dnf install qemu-system-x86-core", "dnf install binutils", "dnf install glibc-common"),
        ("zypper", "zypper install qemu-x86", "zypper install binutils", "zypper install glibc"),
        ("pacman", "pacman -S qemu-system-x86", "pacman -S binutils", "pacman -S glibc"),
        ("emerge", "install qemu-system-x86_64", "install strip", "install ldd"),
    ])
    func packages(_ manager: String, _ qemu: String, _ strip: String, _ ldd: String) throws {
        let (tree, check) = try machine([manager, "sh"])
        defer { withExtendedLifetime(tree) {} }
        #expect(
            check.obstacle(fetching: [])
                == "guests need what is not installed here: qemu-system-x86_64 (\(qemu)), strip (\(strip)), ldd (\(ldd))"
        )
    }

    @Test func whatFetchingNeeds() throws {
        let (tree, check) = try machine(Self.whole + ["apt-get", "apt-cache", "sha256sum"])
        let archive = KernelArchive(
            name: "a", address: "file:/", keyring: "\(tree.path)/none.gpg", keyringPackage: "some-keyring")
        let series = KernelSeries(
            name: "9.9", version: "9.9", sources: [KernelSeries.Source(archive, "s")], flavours: ["amd64"])
        #expect(
            check.obstacle(fetching: [series])
                == "guests need what is not installed here: dpkg-deb (apt-get install dpkg), "
                + "\(tree.path)/none.gpg (apt-get install some-keyring)")
    }

    /// Only what these kernels need is missed.
    @Test func whatUnpackingNeeds() throws {
        let (tree, check) = try machine(Self.whole + ["xz"])
        let release = "6.1.0-test"
        let files = [
            "zstd/boot/vmlinuz-\(release)": KernelImageTests.bzImage([0x28, 0xb5, 0x2f, 0xfd]),
            "zstd/lib/modules/\(release)/kernel/veth.ko.gz": [1],
            "zstd/lib/modules/\(release)/kernel/other.ko.zst": [1],
            "xz/boot/vmlinuz-\(release)": KernelImageTests.bzImage([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
            "xz/lib/modules/\(release)/kernel/veth.ko.xz": [1],
        ]
        for (name, bytes) in files {
            let file = URL(filePath: "\(tree.path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let xz = try GuestKernel(path: "\(tree.path)/xz")
        #expect(try check.obstacle(unpacking: [xz]) == nil)
        let zstd = try GuestKernel(path: "\(tree.path)/zstd")
        #expect(
            try check.obstacle(unpacking: [xz, zstd])
                == "guests need what is not installed here: zstd (install zstd), gzip (install gzip)")
    }

    /// Nothing that doctor finds missing goes without a word on what to do.
    @Test func remedies() throws {
        let (tree, check) = try machine(["apt-get"])
        defer { withExtendedLifetime(tree) {} }
        for one in check.all() where !one.isPresent { #expect(!one.remedy.isEmpty) }
        #expect(check.all().filter { $0.isRequired && !$0.isPresent }.count == 4)
        #expect(check.all().map(\.name).contains("/usr/share/keyrings/ubuntu-archive-keyring.gpg"))
    }
}
