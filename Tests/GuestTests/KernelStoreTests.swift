import Foundation
import Kernels
import Testing

@testable import Guest

/// Fetching from an archive that the test makes and signs, and what is kept of it.
@Suite(.enabled(if: MadeArchive.isPossible, "needs apt, dpkg-dev and gpg")) struct KernelStoreTests {
    private func archive(_ releases: [String] = ["9.9.1", "9.9.2", "9.9.10"]) throws -> MadeArchive {
        let archive = try MadeArchive()
        for release in releases {
            try archive.add(
                "linux-image-\(release)-cloud-amd64", "\(release)-1", MadeArchive.kernel("\(release)-cloud-amd64"))
        }
        try archive.publish()
        return archive
    }

    @Test func newestAndPointReleases() throws {
        let archive = try archive()
        let series = archive.series("9.9")
        var told: [String] = []
        let finder = KernelFinder(
            store: archive.store, series: [series],
            progress: { name, _, size in
                #expect(size > 0)
                if told.last != name { told.append(name) }
            })
        #expect(try finder.kernels("9.9").map(\.label) == ["9.9"])
        #expect(try finder.kernels("9.9.1").map(\.label) == ["9.9.1"])
        #expect(try finder.kernels("9.9@all").map(\.label) == ["9.9.1", "9.9.2", "9.9.10"])
        #expect(try finder.kernels("9.9@2..newest").map(\.label) == ["9.9.2", "9.9.10"])
        // Each is fetched once.
        #expect(told == ["9.9.10", "9.9.1", "9.9.2"])
        #expect(archive.store.entries(of: series).map(\.name) == ["9.9.1", "9.9.2", "9.9.10"])
        let newest = try #require(finder.kernels("9.9").first)
        #expect(newest.image.hasSuffix("9.9/9.9.10-1/boot/vmlinuz-9.9.10-cloud-amd64"))
        #expect(try newest.moduleNames() == ["veth", "inet_diag", "tcp_diag"])
    }

    /// The archive moves on: what is here stays, and what is nowhere is told with what there is.
    @Test func vanished() throws {
        let archive = try archive()
        let series = archive.series("9.9")
        let finder = KernelFinder(store: archive.store, series: [series])
        _ = try finder.kernels("9.9.1")
        try archive.remove("linux-image-9.9.1-")
        try archive.publish()
        #expect(try finder.kernels("9.9.1").map(\.label) == ["9.9.1"])
        #expect(
            throws: GuestError("the archive has no kernel 9.9.3; it has 9.9.2, 9.9.10; fetched before: 9.9.1")
        ) { try finder.kernels("9.9.3") }
        #expect(try finder.kernels("9.9@all").map(\.label) == ["9.9.1", "9.9.2", "9.9.10"])
        #expect(throws: GuestError("no release of 9.9 is in that range; there is 9.9.1, 9.9.2, 9.9.10")) {
            try finder.kernels("9.9@11..12")
        }
        let empty = archive.series("8.8")
        #expect(throws: GuestError("the archive has no kernel 8.8; it has none of this series")) {
            try archive.store.fetch(empty)
        }
        // Without the archive a range is what is here, and that is said.
        try FileManager.default.removeItem(atPath: "\(archive.root)/dists")
        var said: [String] = []
        let offline = KernelFinder(store: archive.store, series: [series], tell: { said.append($0) })
        #expect(try offline.kernels("9.9@all").map(\.label) == ["9.9.1", "9.9.2", "9.9.10"])
        #expect(said.count == 1 && said[0].hasSuffix("only what is here is taken"))
    }

    /// An image in parts, the modules elsewhere, and some of them where nothing depends on them.
    @Test func layouts() throws {
        let archive = try MadeArchive()
        let release = "5.15.0-91-generic"
        try archive.add(
            "linux-image-\(release)", "5.15.0-91.101", depends: "kmod, linux-modules-\(release)",
            MadeArchive.image(release))
        try archive.add("linux-modules-\(release)", "5.15.0-91.101", MadeArchive.modules(release))
        let extra = ["lib/modules/\(release)/kernel/net/sched/sch_netem.ko": Array("ELF\0depends=\0".utf8)]
        try archive.add("linux-modules-extra-\(release)", "5.15.0-91.101", extra)
        let split = "9.9.3-cloud-amd64"
        try archive.add(
            "linux-image-\(split)", "9.9.3-1",
            depends: "dracut | initramfs-tools, linux-binary-\(split) (= 9.9.3-1), linux-modules-\(split) (= 9.9.3-1)",
            [:])
        let image = try #require(MadeArchive.image(split).values.first)
        try archive.add("linux-binary-\(split)", "9.9.3-1", ["usr/lib/modules/\(split)/vmlinuz": image])
        let modules = MadeArchive.modules(split).map { ("usr/\($0.key)", $0.value) }
        try archive.add("linux-modules-\(split)", "9.9.3-1", Dictionary(uniqueKeysWithValues: modules))
        try archive.publish()
        let ubuntu = archive.series(
            "ubuntu-5.15", version: "5.15", flavours: ["kvm", "generic"], numbering: .packageName)
        let finder = KernelFinder(store: archive.store, series: [ubuntu, archive.series("9.9")])
        let generic = try #require(finder.kernels("ubuntu-5.15.0-91").first)
        #expect(generic.label == "ubuntu-5.15.0-91")
        #expect(try generic.moduleNames() == ["veth", "sch_netem", "inet_diag", "tcp_diag"])
        #expect(try finder.kernels("ubuntu-5.15").map(\.label) == ["ubuntu-5.15"])
        let parts = try #require(finder.kernels("9.9").first)
        #expect(parts.image.hasSuffix("usr/lib/modules/\(split)/vmlinuz"))
        #expect(try parts.moduleNames() == ["veth", "inet_diag", "tcp_diag"])
    }

    @Test func signatures() throws {
        let archive = try archive(["9.9.1"])
        let other = try MadeArchive()
        let foreign = archive.series("9.9", keyring: "\(other.root)/keyring.gpg")
        #expect { try archive.store.fetch(foreign) } throws: {
            "\($0)".hasPrefix("cannot fetch the package lists of 9.9: ")
        }
        try archive.publish(signed: false)
        #expect { try archive.store.fetch(archive.series("9.9")) } throws: {
            "\($0)".hasPrefix("cannot fetch the package lists of 9.9: ")
        }
        let missing = archive.series("9.9", keyring: "\(archive.root)/none.gpg")
        #expect(throws: GuestError("no \(archive.root)/none.gpg: install the package made-keyring")) {
            try archive.store.fetch(missing)
        }
    }

    /// A package that is not what the signed index says is not unpacked.
    @Test func damagedPackage() throws {
        let archive = try archive(["9.9.1"])
        let path = "\(archive.root)/pool/linux-image-9.9.1-cloud-amd64_9.9.1-1_amd64.deb"
        var bytes = try readFile(path)
        bytes[bytes.count - 40] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        #expect { try archive.store.fetch(archive.series("9.9")) } throws: {
            "\($0)".hasPrefix("cannot download 9.9.1: ")
        }
        #expect(archive.store.entries(of: archive.series("9.9")) == [])
    }

    /// A suite that a mirror has thrown away is no reason not to use the others.
    @Test func suiteThatIsGone() throws {
        let archive = try archive(["9.9.1"])
        let series = archive.series("9.9", suites: ["made", "elsewhere"])
        #expect(try archive.store.fetch(series).name == "9.9.1")
        #expect(
            throws: GuestError(
                "the archive has no kernel 9.9.5 (it no longer has elsewhere); it has 9.9.1; fetched before: 9.9.1")
        ) {
            try archive.store.fetch(series, "9.9.5")
        }
        #expect(throws: GuestError.self) { try archive.store.fetch(archive.series("9.9", suites: ["elsewhere"])) }
    }

    /// What is kept is not trusted for having been right once.
    @Test func damagedStore() throws {
        let archive = try archive(["9.9.1"])
        let series = archive.series("9.9")
        let kernel = try archive.store.fetch(series).kernel
        let module = try #require(kernel.modules) + "/kernel/net/veth.ko"
        let damages: [(String, (GuestKernel) throws -> Void)] = [
            (kernel.image, { _ = try $0.bootable() }), (module, { _ = try $0.moduleNames() }),
        ]
        for (path, use) in damages {
            try use(archive.store.fetch(series).kernel)
            var bytes = try readFile(path)
            bytes[bytes.count - 1] ^= 1
            try Data(bytes).write(to: URL(filePath: path))
            #expect(throws: GuestError("\(path) is not what was unpacked; fetch the kernel again")) { try use(kernel) }
            // Fetching mends it.
            try use(archive.store.fetch(series).kernel)
        }
        // What has no sums was never finished, or made by something else.
        try FileManager.default.removeItem(atPath: "\(archive.root)/store/9.9/9.9.1-1/.sha256")
        #expect(archive.store.entries(of: series) == [])
    }
}
