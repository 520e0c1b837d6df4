extension Array where Element == String {
    /// Joined, with neighbours that are the same told once and counted: `<ACK × 20, <RST`.
    package func joined(counting separator: String) -> String {
        var runs: [(text: String, count: Int)] = []
        for text in self {
            if runs.last?.text == text { runs[runs.count - 1].count += 1 } else { runs.append((text, 1)) }
        }
        // Two or three are read faster than counted.
        let parts = runs.flatMap { run in
            run.count > 3 ? ["\(run.text) × \(run.count)"] : Array(repeating: run.text, count: run.count)
        }
        return parts.joined(separator: separator)
    }
}
