internal import Linux

/// The counters of a namespace, as /proc/net/netstat, snmp and sockstat show them.
enum Counters {
    /// Reads all TCP counters of the namespace the calling thread is in, by the names the kernel gives them.
    static func read() throws(SystemError) -> [String: Int64] {
        var counters: [String: Int64] = [:]
        for file in ["netstat", "snmp"] {
            parse(try Files.read("/proc/thread-self/net/\(file)"), into: &counters)
        }
        parse(sockstat: try Files.read("/proc/thread-self/net/sockstat"), into: &counters)
        return counters
    }

    /// Lines come in pairs: `TcpExt: name name ...`, `TcpExt: value value ...`.
    ///
    /// As bytes: this is read hundreds of times in a run, and strings cost forty times as much.
    static func parse(_ text: String, into counters: inout [String: Int64]) {
        let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"))
        for (names, values) in zip(lines, lines.dropFirst()) {
            guard groups.contains(where: { names.starts(with: $0) && values.starts(with: $0) }) else { continue }
            let names = names.split(separator: UInt8(ascii: " "))
            let values = values.split(separator: UInt8(ascii: " "))
            guard names.count == values.count, values.count > 1, number(values[1]) != nil else { continue }
            for (name, value) in zip(names, values).dropFirst() {
                counters[String(decoding: name, as: UTF8.self)] = number(value)
            }
        }
    }

    private static let groups = [Array("TcpExt: ".utf8), Array("Tcp: ".utf8)]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        Int64(String(decoding: digits, as: UTF8.self))
    }

    /// `TCP: inuse 5 orphan 0 tw 1 alloc 7 mem 1`, as `sockstat.inuse` and `sockstat.tw`.
    ///
    /// The others count for the whole machine.
    static func parse(sockstat text: String, into counters: inout [String: Int64]) {
        for line in text.split(separator: "\n") where line.hasPrefix("TCP:") {
            let words = line.split(separator: " ")
            for (name, value) in zip(words, words.dropFirst()) where name == "inuse" || name == "tw" {
                counters["sockstat.\(name)"] = Int64(value)
            }
        }
    }
}
