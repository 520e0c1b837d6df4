internal import Linux
internal import Synchronization

/// The TCP counters of a namespace, as /proc/net/netstat, snmp and sockstat show them.
struct Counters {
    /// Counters that the kernel prints together.
    private struct Group {
        /// By the names the kernel gives them, in its order.
        let names: [String]
        let values: [Int64?]
    }

    private var groups: [Group] = []

    /// Reads those of the namespace the calling thread is in. Throws the error of the failing call.
    static func read() throws(SystemError) -> Counters {
        Counters(
            netstat: try Files.bytes("/proc/thread-self/net/netstat"),
            snmp: try Files.bytes("/proc/thread-self/net/snmp"),
            sockstat: try Files.bytes("/proc/thread-self/net/sockstat"))
    }

    init() {}

    /// Takes them out of the files' contents.
    init(netstat: [UInt8], snmp: [UInt8] = [], sockstat: [UInt8] = []) {
        for file in [netstat, snmp] { parse(file) }
        parse(sockstat: sockstat)
    }

    var count: Int { groups.map(\.names.count).reduce(0, +) }

    /// The value of one; nil when the kernel has none of that name.
    subscript(_ name: String) -> Int64? {
        for group in groups {
            if let place = group.names.firstIndex(of: name) { return group.values[place] }
        }
        return nil
    }

    /// How far they have moved since an earlier look; those that have not are left out.
    func moved(since base: Counters) -> [String: Int64] {
        var deltas: [String: Int64] = [:]
        for (number, group) in groups.enumerated() {
            let alike = number < base.groups.count && base.groups[number].names == group.names
            for (place, value) in group.values.enumerated() {
                guard let value else { continue }
                let before = alike ? base.groups[number].values[place] : base[group.names[place]]
                if value != before ?? 0 { deltas[group.names[place]] = value &- (before ?? 0) }
            }
        }
        return deltas
    }

    // MARK: The files

    /// Lines come in pairs: `TcpExt: name name ...`, `TcpExt: value value ...`.
    ///
    /// As bytes, and only what concerns TCP: this is read a thousand times in a run.
    private mutating func parse(_ file: [UInt8]) {
        file.withUnsafeBytes { file in
            var lines = Words(file[...], separator: UInt8(ascii: "\n"))
            var previous: Slice<UnsafeRawBufferPointer>?
            while let line = lines.next() {
                let before = previous
                previous = line
                guard let header = before, let group = Self.groups.first(where: { line.starts(with: $0) }),
                    header.starts(with: group)
                else { continue }
                var values: [Int64?] = []
                var numbers = Words(line.dropFirst(group.count), separator: UInt8(ascii: " "))
                while let number = numbers.next() { values.append(Self.number(number)) }
                let names = Self.names(header.dropFirst(group.count))
                // A line of names below another one is no line of values.
                guard let first = values.first, first != nil, names.count == values.count else { continue }
                groups.append(Group(names: names, values: values))
            }
        }
    }

    private static let groups = [Array("TcpExt: ".utf8), Array("Tcp: ".utf8)]

    /// The names of a line, made once for each line that the kernel prints.
    private static func names(_ line: Slice<UnsafeRawBufferPointer>) -> [String] {
        let key = [UInt8](line)
        return known.withLock { known in
            if let names = known[key] { return names }
            var names: [String] = []
            var words = Words(line, separator: UInt8(ascii: " "))
            while let word = words.next() { names.append(String(decoding: word, as: UTF8.self)) }
            known[key] = names
            return names
        }
    }

    private static let known = Mutex<[[UInt8]: [String]]>([:])

    /// `TCP: inuse 5 orphan 0 tw 1 alloc 7 mem 1`, as `sockstat.inuse` and `sockstat.tw`.
    ///
    /// The others count for the whole machine.
    private mutating func parse(sockstat file: [UInt8]) {
        let (inUse, timeWait) = file.withUnsafeBytes { file -> (Int64?, Int64?) in
            var inUse: Int64?
            var timeWait: Int64?
            var lines = Words(file[...], separator: UInt8(ascii: "\n"))
            while let line = lines.next() {
                guard line.starts(with: "TCP: ".utf8) else { continue }
                var words = Words(line.dropFirst(5), separator: UInt8(ascii: " "))
                while let name = words.next(), let value = words.next() {
                    if name.elementsEqual("inuse".utf8) { inUse = Self.number(value) }
                    if name.elementsEqual("tw".utf8) { timeWait = Self.number(value) }
                }
            }
            return (inUse, timeWait)
        }
        guard inUse != nil || timeWait != nil else { return }
        groups.append(Group(names: Self.ownSockstat, values: [inUse, timeWait]))
    }

    private static let ownSockstat = ["sockstat.inuse", "sockstat.tw"]

    /// A decimal number; nil when it is none, or does not fit.
    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var value: Int64 = 0
        let isNegative = digits.first == UInt8(ascii: "-")
        let digits = isNegative ? digits.dropFirst() : digits
        guard !digits.isEmpty else { return nil }
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflowed, !overflowedToo else { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }
}

/// The parts of a text between separators, without empty ones.
private struct Words {
    private var rest: Slice<UnsafeRawBufferPointer>
    private let separator: UInt8

    init(_ text: Slice<UnsafeRawBufferPointer>, separator: UInt8) {
        rest = text
        self.separator = separator
    }

    mutating func next() -> Slice<UnsafeRawBufferPointer>? {
        while rest.first == separator { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: separator) ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }
}
