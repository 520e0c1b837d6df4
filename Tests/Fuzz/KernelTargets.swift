internal import Guest
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
                    status: status, console: text(bytes), messages: text(bytes), hasBegun: true, hasEnd: false)
                precondition(ending.failure?.split(separator: "\n").count == 1)
                _ = ending.consoleTail
            }
        },
        Target(
            "descriptions of packages",
            text: ["Package: linux-image-6.12\nVersion: 6.12.118-1\n\nPackage: other\nVersion: 1\n", "E: not found\n"]
        ) { bytes in
            _ = PackageArchive.packages(in: text(bytes))
            _ = PackageArchive.complaint(text(bytes))
        },
    ]

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
