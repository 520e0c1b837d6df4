import Foundation
import Testing

@testable import Guest

/// What `--kernel` makes of its argument.
@Suite struct GuestKernelTests {
    private static let image = KernelImageTests.bzImage([0x1f, 0x8b, 8, 0])
    private static let module = Array("ELF\0depends=\0name=x\0vermagic=6.1.0-test SMP \0".utf8)

    @Test func installed() throws {
        let tree = try Tree([
            "boot/vmlinuz-6.1.0-test": Self.image,
            "lib/modules/6.1.0-test/kernel/drivers/net/veth.ko": Self.module,
        ])
        let kernel = try GuestKernel(path: "\(tree.path)/boot/vmlinuz-6.1.0-test")
        #expect(kernel.label == "6.1.0-test")
        #expect(kernel.modules == "\(tree.path)/lib/modules/6.1.0-test")
        #expect(try kernel.moduleNames() == ["veth"])
    }

    /// Where Fedora and Debian since 7.0 keep it.
    @Test func installedAmongItsModules() throws {
        let tree = try Tree([
            "lib/modules/6.1.0-test/vmlinuz": Self.image,
            "lib/modules/6.1.0-test/kernel/drivers/net/veth.ko": Self.module,
        ])
        let kernel = try GuestKernel(path: "\(tree.path)/lib/modules/6.1.0-test/vmlinuz")
        #expect(kernel.modules == "\(tree.path)/lib/modules/6.1.0-test")
    }

    @Test func buildTree() throws {
        let tree = try Tree([
            ".config": [], "arch/x86/boot/bzImage": Self.image,
            "modules.order": Array("drivers/net/veth.o\nnet/sched/sch_netem.ko\nnet/ipv4/tcp_diag.o\n".utf8),
            "drivers/net/veth.ko": Self.module, "net/sched/sch_netem.ko": Self.module,
            // Left over from an earlier configuration.
            "net/ipv4/inet_diag.ko": Self.module,
        ])
        let kernel = try GuestKernel(path: tree.path)
        #expect(kernel.image == "\(tree.path)/arch/x86/boot/bzImage")
        #expect(try kernel.moduleNames() == ["veth", "sch_netem"])
    }

    @Test func buildTreeWithoutModules() throws {
        let vmlinux = KernelImageTests.elf() + Array("Linux version 6.12.1-mine (me@here)\0".utf8)
        let tree = try Tree([".config": [], "vmlinux": vmlinux])
        let kernel = try GuestKernel(path: tree.path)
        #expect(kernel == GuestKernel(label: "6.12.1-mine", image: "\(tree.path)/vmlinux", modules: tree.path))
        #expect(try kernel.moduleNames() == [])
    }

    @Test func notBuilt() throws {
        let tree = try Tree([".config": []])
        let path = tree.path
        #expect(
            throws: GuestError(
                "\(path): not a kernel that has been built, it has neither \(path)/arch/x86/boot/bzImage nor a vmlinux")
        ) { try GuestKernel(path: path) }
    }

    @Test func running() throws {
        let tree = try Tree(["boot/vmlinuz-6.1.0-one": Self.image, "lib/modules/6.1.0-two/vmlinuz": Self.image])
        let root = tree.path
        #expect(try GuestKernel.runningImage(release: "6.1.0-one", root: root) == "\(root)/boot/vmlinuz-6.1.0-one")
        #expect(
            try GuestKernel.runningImage(release: "6.1.0-two", root: root) == "\(root)/lib/modules/6.1.0-two/vmlinuz")
        let places = "\(root)/boot/vmlinuz-6.1.0-three nor \(root)/lib/modules/6.1.0-three/vmlinuz"
        #expect(
            throws: GuestError(
                "no image of the running kernel: there is neither \(places); name it with --kernel PATH")
        ) { try GuestKernel.runningImage(release: "6.1.0-three", root: root) }
    }

    @Test func uncompressedWithoutPVH() throws {
        let tree = try Tree(["vmlinux": KernelImageTests.elf(), "good": KernelImageTests.elf(note: ("Xen", 18))])
        let path = "\(tree.path)/vmlinux"
        #expect(
            throws: GuestError("\(path): an uncompressed kernel without CONFIG_PVH, which QEMU cannot start")
        ) { try GuestKernel(path: path).bootable() }
        #expect(throws: Never.self) { try GuestKernel(path: "\(tree.path)/good").bootable() }
    }
}
