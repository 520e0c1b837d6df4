internal import FoundationEssentials
internal import Linux

/// An RPM package, of which only a kernel and its modules are unpacked.
///
/// The format is that of rpm's docs/manual/format_v4.md: a lead of 96 bytes, a header with the signatures, the header
/// proper, and a compressed cpio archive. The digest of that archive, which the header has, must be right.
struct RPMPackage {
    static let magic: [UInt8] = [0xed, 0xab, 0xee, 0xdb]

    private let payload: ArraySlice<UInt8>

    /// Looks at the bytes of a file. Throws `GuestError`.
    init(_ bytes: [UInt8]) throws {
        let cutOff = GuestError("an RPM package that is cut off")
        guard bytes.starts(with: Self.magic), bytes.count > 96 else { throw cutOff }
        let signatures = try Header(bytes, at: 96)
        let header = try Header(bytes, at: (signatures.end + 7) / 8 * 8)
        if let architecture = header.text(Header.architecture), !["x86_64", "noarch"].contains(architecture) {
            throw GuestError("a package for \(architecture), not for x86_64")
        }
        payload = bytes[header.end...]
        guard let digest = header.text(Header.payloadDigest) else {
            throw GuestError("an RPM package from before rpm 4.14, whose contents cannot be verified")
        }
        let sum = try Tool.output(of: ["sha256sum", "--binary"], input: Array(payload)).text.prefix { $0 != " " }
        guard sum == digest else {
            throw GuestError("an RPM package that is cut off or damaged: its contents are not those of its header")
        }
    }

    /// Writes what is a kernel's below a directory. Throws `GuestError`.
    func unpack(into directory: String) throws {
        guard let compression = KernelImage.Compression(magic: payload) else {
            throw GuestError("an RPM package with an unsupported compression")
        }
        // The image's trailer is no part of a package.
        let archive = try Tool.output(of: compression.command, input: Array(payload)).output
        try CpioReader(archive).forEach { name, contents in
            let path = name.drop { $0 == "." || $0 == "/" }
            let isWanted = ["boot/vmlinuz-", "lib/modules/", "usr/lib/modules/"].contains { path.hasPrefix($0) }
            guard isWanted, !path.split(separator: "/").contains("..") else { return }
            let place = URL(filePath: "\(directory)/\(path)")
            do {
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(contents).write(to: place)
            } catch {
                throw GuestError("cannot write in \(directory)")
            }
        }
    }

    /// An index of tagged values and the values.
    private struct Header {
        static let architecture: UInt32 = 1022
        static let payloadDigest: UInt32 = 5092

        private var texts: [UInt32: String] = [:]
        /// The place behind it.
        let end: Int

        init(_ bytes: [UInt8], at start: Int) throws {
            let cutOff = GuestError("an RPM package that is cut off")
            guard start + 16 <= bytes.count, bytes[start..<start + 4].elementsEqual([0x8e, 0xad, 0xe8, 0x01]),
                let count = bytes.big32(start + 8), let size = bytes.big32(start + 12)
            else { throw cutOff }
            let store = start + 16 + Int(count) * 16
            end = store + Int(size)
            guard end <= bytes.count else { throw cutOff }
            for index in 0..<Int(count) {
                let entry = start + 16 + index * 16
                guard let tag = bytes.big32(entry), let type = bytes.big32(entry + 4),
                    let offset = bytes.big32(entry + 8), [6, 8].contains(type), store + Int(offset) < end
                else { continue }
                let text = bytes[(store + Int(offset))..<end].prefix { $0 != 0 }
                texts[tag] = String(decoding: text, as: UTF8.self)
            }
        }

        /// A string, or the first of several.
        func text(_ tag: UInt32) -> String? { texts[tag] }
    }
}

/// The regular files of a cpio archive in the "new ASCII" format.
package struct CpioReader {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Calls with every file's name and contents. Throws `GuestError` for what is no archive.
    package func forEach(_ body: (Substring, ArraySlice<UInt8>) throws -> Void) throws {
        let broken = GuestError("an archive that is cut off or damaged")
        var place = 0
        while true {
            guard place + 110 <= bytes.count, ["070701", "070702"].contains(text(place, 6)) else { throw broken }
            func field(_ index: Int) -> Int? { Int(text(place + 6 + index * 8, 8), radix: 16) }
            guard let mode = field(1), let size = field(6), let nameSize = field(11), nameSize > 0, size >= 0 else {
                throw broken
            }
            let contents = (place + 110 + nameSize + 3) / 4 * 4
            guard contents + size <= bytes.count else { throw broken }
            let name = text(place + 110, nameSize - 1)
            if name == "TRAILER!!!" { return }
            if mode & 0o170000 == 0o100000 { try body(name[...], bytes[contents..<contents + size]) }
            place = (contents + size + 3) / 4 * 4
        }
    }

    private func text(_ start: Int, _ count: Int) -> String {
        String(decoding: bytes[start..<start + count], as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate func big32(_ offset: Int) -> UInt32? { little32(offset).map(\.byteSwapped) }
}
