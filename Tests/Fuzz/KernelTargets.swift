internal import Guest
internal import Kernels
internal import Linux

extension Target {
    /// What is said to be a kernel, a module or a guest, and what a package manager says.
    static let kernels = [
        Target("an image of a kernel", images) { bytes in
            let image = try KernelImage(bytes)
            if case .bzImage(let payload, let compression) = image.kind {
                _ = Array(bytes[payload].dropLast(compression?.trailer ?? 0))
            }
            _ = KernelImage.hasPVHEntry(bytes)
        },
        Target("an ELF file", [elf]) { bytes in
            _ = KernelImage.hasPVHEntry(bytes)
            _ = KernelModules.needs(of: bytes)
        },
        Target(
            "the end of a guest",
            text: [
                "[ 1.0] BUG: unable to handle page fault\n[ 1.1] Oops: 0002 [#1]\n[ 1.2] Kernel panic - not syncing: x\n",
                "tcpwitness: veth: create veth: EOPNOTSUPP\n[    2.0] reboot: Restarting system\n",
            ]
        ) { bytes in
            for status in [nil, WaitStatus.exited(0), .exited(1), .killed(9)] {
                let ending = GuestEnding(
                    status: status, console: GuestConsole(text(bytes)), messages: text(bytes), hasBegun: true,
                    hasEnd: false)
                precondition(ending.failure?.split(separator: "\n").count == 1)
                precondition(ending.console.excerpt.count <= GuestConsole.shown + 1)
            }
        },
        Target(
            "descriptions of packages",
            text: [
                "Package: linux-image-6.12\nVersion: 6.12.118-1\n\nPackage: other\nVersion: 1\n", "E: not found\n",
                "Package: linux-image-6.12.9-amd64\nVersion: 1:6.12.9~rc1-1\nDepends: a | b, linux-modules-6.12.9 (= 1)\n",
            ]
        ) { bytes in
            let packages = PackageArchive.packages(in: text(bytes))
            for series in KernelSeries.all { _ = KernelRelease.all(of: series, among: packages) }
            _ = PackageArchive.complaint(text(bytes))
            _ = PackageArchive.gone(in: text(bytes))
        },
        Target("the name of a kernel", text: ["6.12@6.12.90..newest", "ubuntu-5.15.0-91", "7.3-rc7", "6.12@all"]) {
            bytes in
            let name = try KernelName(text(bytes))
            _ = name?.select(["6.12.9", "6.12.107", text(bytes)])
        },
        Target("a cpio archive", [cpio]) { bytes in try CpioReader(bytes).forEach { _, _ in } },
    ]

    private static let cpio: [UInt8] = {
        func entry(_ name: String, _ mode: String, _ contents: [UInt8]) -> [UInt8] {
            func digits(_ number: Int) -> String { String(String(number + (1 << 32), radix: 16).suffix(8)) }
            let zero = digits(0)
            let fields = [zero, mode, zero, zero, digits(1), zero, digits(contents.count), zero, zero, zero, zero]
            var bytes =
                "070701".bytes + (fields + [digits(name.utf8.count + 1), zero]).joined().bytes + name.bytes + [0]
            while bytes.count % 4 != 0 { bytes.append(0) }
            return bytes + contents + Array(repeating: 0, count: (4 - contents.count % 4) % 4)
        }
        return entry("boot/vmlinuz", "000081a4", [1, 2, 3]) + entry("TRAILER!!!", "00000000", [])
    }()

    private static let images: [[UInt8]] = {
        var image = [UInt8](repeating: 0, count: 2048)
        image[0x1f1] = 1
        image.replaceSubrange(0x202..<0x208, with: "HdrS".bytes + [0x0f, 0x02])
        image.replaceSubrange(0x20e..<0x210, with: [0, 1])
        image[0x236] = 1
        image.replaceSubrange(0x248..<0x250, with: [16, 0, 0, 0, 128, 0, 0, 0])
        image.replaceSubrange(0x300..<0x306, with: "6.12.1".bytes)
        image.replaceSubrange(1040..<1042, with: [0x1f, 0x8b])
        return [image, elf]
    }()

    /// A program header with a note of Xen's, a banner and a module's needs.
    private static let elf: [UInt8] = {
        var elf = [0x7f] + "ELF".bytes + [2, 1, 1] + Array(repeating: 0, count: 11) + [62, 0]
        elf += Array(repeating: 0, count: 64 - elf.count)
        elf.replaceSubrange(32..<34, with: [64, 0])
        elf.replaceSubrange(54..<58, with: [56, 0, 1, 0])
        var header = [UInt8](repeating: 0, count: 56)
        header[0] = 4
        header[8] = 120
        header[32] = 24
        elf += header + [4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0] + "Xen\0".bytes + Array(repeating: 1, count: 8)
        return elf + "\0Linux version 6.12.1 (a@b)\0depends=veth,tcp-diag\0".bytes
    }()
}
