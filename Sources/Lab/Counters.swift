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
    static func parse(_ text: String, into counters: inout [String: Int64]) {
        let lines = text.split(separator: "\n")
        for (names, values) in zip(lines, lines.dropFirst()) {
            let names = names.split(separator: " ")
            let values = values.split(separator: " ")
            guard let group = names.first, group == values.first, group == "TcpExt:" || group == "Tcp:",
                names.count == values.count, values.count > 1, Int64(values[1]) != nil
            else { continue }
            for (name, value) in zip(names, values).dropFirst() { counters[String(name)] = Int64(value) }
        }
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
