/// Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng), least significant byte first.
struct PcapNGWriter {
    private(set) var bytes: [UInt8] = []

    private enum Block {
        static let section: UInt32 = 0x0a0d_0d0a
        static let interface: UInt32 = 1
        static let enhancedPacket: UInt32 = 6
    }

    /// Begins the file's only section.
    init(comment: String, system: String, application: String) {
        var options = Options()
        options.add(1, comment)
        options.add(3, system)
        options.add(4, application)
        // Magic, version 1.0, a length that is not told.
        add(
            Block.section,
            little(UInt32(0x1a2b_3c4d)) + [1, 0, 0, 0] + Array(repeating: 0xff, count: 8) + options.ended)
    }

    /// Adds an Ethernet interface; its time stamps are nanoseconds.
    mutating func addInterface(name: String, description: String, mac: [UInt8]?) {
        var options = Options()
        options.add(2, name)
        options.add(3, description)
        if let mac { options.add(6, mac) }
        options.add(9, [9])
        // Link type 1, no limit of length.
        add(Block.interface, [1, 0, 0, 0, 0, 0, 0, 0] + options.ended)
    }

    /// Adds a frame of the first interface.
    mutating func addPacket(at nanoseconds: UInt64, frame: [UInt8], isInbound: Bool, comments: [String]) {
        var options = Options()
        for comment in comments { options.add(1, comment) }
        options.add(2, little(UInt32(isInbound ? 1 : 2)))
        let length = little(UInt32(frame.count))
        let time = little(UInt32(nanoseconds >> 32)) + little(UInt32(nanoseconds & 0xffff_ffff))
        add(Block.enhancedPacket, little(UInt32(0)) + time + length + length + padded(frame) + options.ended)
    }

    private mutating func add(_ type: UInt32, _ body: [UInt8]) {
        let length = little(UInt32(12 + body.count))
        bytes += little(type) + length + body + length
    }

    private struct Options {
        private var bytes: [UInt8] = []

        mutating func add(_ code: UInt16, _ text: String) { add(code, Array(text.utf8.prefix(60_000))) }

        mutating func add(_ code: UInt16, _ value: [UInt8]) {
            bytes += little(code) + little(UInt16(value.count)) + padded(value)
        }

        var ended: [UInt8] { bytes + [0, 0, 0, 0] }
    }
}

private func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// Filled with zeros to whole words.
private func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + Array(repeating: 0, count: (4 - bytes.count % 4) % 4)
}
