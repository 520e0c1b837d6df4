internal import Linux

/// What a file that is said to be a kernel turns out to be.
package struct KernelImage: Equatable {
    /// How the kernel proper is packed inside a bzImage.
    package enum Compression: Equatable, CaseIterable {
        case gzip
        case xz
        case zstd
        case lz4
    }

    package enum Kind: Equatable {
        /// An x86 boot image, and where its payload is.
        case bzImage(payload: Range<Int>, compression: Compression?)
        /// An uncompressed x86-64 kernel.
        case elf
    }

    package let kind: Kind
    /// The release the image names itself, where it does.
    package let release: String?

    /// Looks at the bytes of a file. Throws `GuestError` for what no x86-64 machine boots.
    ///
    /// The offsets are those of Documentation/arch/x86/boot.rst.
    package init(_ bytes: [UInt8]) throws {
        if bytes.starts(with: [0x7f] + Array("ELF".utf8)) {
            let x86_64: UInt16 = 62
            guard let machine = bytes.little16(18), machine == x86_64, bytes[4] == 2 else {
                throw GuestError("a kernel for another architecture than x86-64")
            }
            kind = .elf
            release = Self.bannerRelease(bytes)
            return
        }
        guard bytes.count > 0x260, bytes[0x202..<0x206].elementsEqual("HdrS".utf8),
            let version = bytes.little16(0x206), version >= 0x208
        else {
            throw GuestError(
                Self.isForeign(bytes) ? "a kernel for another architecture than x86-64" : "not a Linux kernel image")
        }
        let canBe64Bit: UInt16 = 1
        guard version < 0x20c || (bytes.little16(0x236) ?? 0) & canBe64Bit != 0 else {
            throw GuestError("a kernel for 32-bit x86, which cannot run the lab")
        }
        let sectors = bytes[0x1f1] == 0 ? 4 : Int(bytes[0x1f1])
        let start = (sectors + 1) * 512 + Int(bytes.little32(0x248) ?? 0)
        let end = start + Int(bytes.little32(0x24c) ?? 0)
        guard start < end, end <= bytes.count else { throw GuestError("a Linux kernel image that is cut off") }
        kind = .bzImage(payload: start..<end, compression: Compression(magic: bytes[start..<end]))
        release = Self.release(bytes)
    }

    /// Whether it is an arm64 or RISC-V image, or one that unpacks itself under EFI, which x86 does not use.
    private static func isForeign(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 64 else { return false }
        return bytes[56..<60].elementsEqual("ARM\u{64}".utf8) || bytes[56..<60].elementsEqual("RSC\u{5}".utf8)
            || bytes[4..<8].elementsEqual("zimg".utf8)
    }

    /// The release in the line that an uncompressed kernel greets with, `Linux version 6.12.117 (builder@host)`.
    private static func bannerRelease(_ bytes: [UInt8]) -> String? {
        let greeting = "Linux version "
        var place = 0
        while let start = bytes.end(of: greeting, from: place) {
            let text = bytes[start...].prefix(80).prefix { $0 > UInt8(ascii: " ") && $0 < 0x7f }
            // Other text of the kernel has these words too.
            if let first = text.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9") {
                return String(decoding: text, as: UTF8.self)
            }
            place = start
        }
        return nil
    }

    private static func release(_ bytes: [UInt8]) -> String? {
        guard let offset = bytes.little16(0x20e), offset != 0 else { return nil }
        let text = bytes.dropFirst(0x200 + Int(offset)).prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        return text.isEmpty ? nil : String(decoding: text.prefix(80), as: UTF8.self)
    }

    /// Whether an uncompressed kernel says where to start it without the old boot protocol (PVH).
    ///
    /// That is a note of type 18 named Xen, which QEMU looks for.
    package static func hasPVHEntry(_ elf: [UInt8]) -> Bool {
        let noteSegment: UInt32 = 4
        guard elf.count >= 64, let table = elf.little32(32), let size = elf.little16(54), let count = elf.little16(56)
        else { return false }
        for index in 0..<Int(count) {
            let header = Int(table) + index * Int(size)
            guard let type = elf.little32(header), type == noteSegment, let start = elf.little32(header + 8),
                let length = elf.little32(header + 32)
            else { continue }
            if notes(in: elf, Int(start), Int(length)).contains(where: { $0.name == "Xen" && $0.type == 18 }) {
                return true
            }
        }
        return false
    }

    private static func notes(in elf: [UInt8], _ start: Int, _ length: Int) -> [(name: String, type: UInt32)] {
        var found: [(String, UInt32)] = []
        var place = start
        while place + 12 <= min(start + length, elf.count), let nameSize = elf.little32(place),
            let size = elf.little32(place + 4), let type = elf.little32(place + 8)
        {
            let name = elf.dropFirst(place + 12).prefix(Int(nameSize)).prefix { $0 != 0 }
            found.append((String(decoding: name, as: UTF8.self), type))
            place += 12 + (Int(nameSize) + 3) / 4 * 4 + (Int(size) + 3) / 4 * 4
        }
        return found
    }
}

extension KernelImage.Compression {
    init?(magic bytes: ArraySlice<UInt8>) {
        let magics: [(Self, [UInt8])] = [
            (.gzip, [0x1f, 0x8b]), (.xz, [0xfd, 0x37, 0x7a, 0x58, 0x5a]), (.zstd, [0x28, 0xb5, 0x2f, 0xfd]),
            (.lz4, [0x02, 0x21, 0x4c, 0x18]),
        ]
        guard let known = magics.first(where: { bytes.starts(with: $0.1) }) else { return nil }
        self = known.0
    }

    /// The command that unpacks standard input.
    package var command: [String] {
        switch self {
        case .gzip: ["gzip", "-dc"]
        case .xz: ["xz", "-dc", "--single-stream"]
        case .zstd: ["zstd", "-dc"]
        case .lz4: ["lz4", "-dc"]
        }
    }

    /// Bytes at the end of the payload that are the kernel's own: its size, which gzip has anyway.
    package var trailer: Int { self == .gzip ? 0 : 4 }
}

extension [UInt8] {
    func little16(_ offset: Int) -> UInt16? {
        offset >= 0 && offset + 2 <= count ? UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 : nil
    }

    func little32(_ offset: Int) -> UInt32? {
        guard let low = little16(offset), let high = little16(offset + 2) else { return nil }
        return UInt32(low) | UInt32(high) << 16
    }
}
