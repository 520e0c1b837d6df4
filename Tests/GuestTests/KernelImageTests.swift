import Guest
import Testing

/// What a file turns out to be.
@Suite struct KernelImageTests {
    /// A boot image of two sectors whose payload has these bytes.
    static func bzImage(_ payload: [UInt8], release: String = "6.1.0-test (builder) #1") -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1024)
        bytes[0x1f1] = 1
        bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
        bytes.replaceSubrange(0x206..<0x208, with: [0x0f, 0x02])
        bytes.replaceSubrange(0x20e..<0x210, with: [0x00, 0x01])
        bytes[0x236] = 1
        bytes[0x24c] = UInt8(payload.count)
        bytes.replaceSubrange(0x300..<0x300 + release.utf8.count, with: Array(release.utf8))
        return bytes + payload
    }

    /// A program of one note segment.
    static func elf(machine: UInt8 = 62, note: (name: String, type: UInt8)? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 + 56)
        bytes.replaceSubrange(0..<5, with: [0x7f] + Array("ELF".utf8) + [2])
        bytes[18] = machine
        guard let note else { return bytes }
        bytes[32] = 64
        bytes[54] = 56
        bytes[56] = 1
        bytes[64] = 4
        bytes[64 + 8] = UInt8(bytes.count)
        let name = Array(note.name.utf8) + [0]
        let content = [UInt8(name.count), 0, 0, 0, 4, 0, 0, 0, note.type, 0, 0, 0] + name + [1, 0, 0, 0]
        bytes[64 + 32] = UInt8(content.count)
        return bytes + content
    }

    @Test(arguments: [
        ([0x1f, 0x8b, 8, 0], KernelImage.Compression.gzip), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz),
        ([0x28, 0xb5, 0x2f, 0xfd], .zstd), ([0x02, 0x21, 0x4c, 0x18], .lz4), ([1, 2, 3, 4], nil),
    ])
    func payload(_ bytes: [UInt8], _ compression: KernelImage.Compression?) throws {
        let image = try KernelImage(Self.bzImage(bytes))
        #expect(image.kind == .bzImage(payload: 1024..<1024 + bytes.count, compression: compression))
        #expect(image.release == "6.1.0-test")
    }

    @Test func uncompressed() throws {
        #expect(try KernelImage(Self.elf()).kind == .elf)
        #expect(KernelImage.hasPVHEntry(Self.elf(note: ("Xen", 18))))
        #expect(!KernelImage.hasPVHEntry(Self.elf(note: ("Xen", 6))))
        #expect(!KernelImage.hasPVHEntry(Self.elf(note: ("GNU", 18))))
        #expect(!KernelImage.hasPVHEntry(Self.elf()))
        #expect(!KernelImage.hasPVHEntry([1, 2, 3]))
    }

    @Test func releaseOfAnUncompressedKernel() throws {
        let text = "Linux version magic\0Linux version 6.12.1-mine (me@here) (gcc) #1\0"
        #expect(try KernelImage(Self.elf() + Array(text.utf8)).release == "6.12.1-mine")
        #expect(try KernelImage(Self.elf() + Array("Linux versio".utf8)).release == nil)
    }

    @Test func useless() {
        let arm: UInt8 = 183
        let image = [UInt8](repeating: 0, count: 56) + Array("ARMd".utf8) + [UInt8](repeating: 0, count: 4096)
        let zboot = Array("MZ\0\0zimg".utf8) + [UInt8](repeating: 0, count: 4096)
        var narrow = Self.bzImage([1, 2, 3, 4])
        narrow[0x236] = 0
        let cutOff = Array(Self.bzImage([UInt8](repeating: 1, count: 200)).dropLast(100))
        let cases: [([UInt8], String)] = [
            ([], "not a Linux kernel image"), (Array(repeating: 0x41, count: 5000), "not a Linux kernel image"),
            (image, "a kernel for another architecture than x86-64"),
            (Self.elf(machine: arm), "a kernel for another architecture than x86-64"),
            (zboot, "a kernel for another architecture than x86-64"),
            (narrow, "a kernel for 32-bit x86, which cannot run the lab"),
            (cutOff, "a Linux kernel image that is cut off"),
        ]
        for (bytes, message) in cases {
            #expect(throws: GuestError(message)) { try KernelImage(bytes) }
        }
    }
}
