// Makes ratios of what one run of the benchmarks and one of the suite took, prints them and writes them as JSON.
//
//     BenchmarkRatios RESULTS.jmh.json RECORD OUTPUT
//
// Durations depend on the machine and on what else it does; both sides of a ratio were measured on the same one in the
// same minutes.
import Foundation
import Record

/// As much of a JMH export as is needed.
struct Result: Decodable {
    struct Metric: Decodable {
        /// By percentile, in microseconds.
        var scorePercentiles: [String: Double]
    }

    var benchmark: String
    var secondaryMetrics: [String: Metric]

    /// The name in Benchmarks/Lab, which the export puts after package and target, with underscores for spaces.
    var name: String { (benchmark.split(separator: ".").last ?? "").replacingOccurrences(of: "_", with: " ") }
    var median: Double? { secondaryMetrics["Time (wall clock)"]?.scorePercentiles["50.0"] }
}

struct Ratio: Encodable {
    var name: String
    var value: Double
}

struct Summary: Encodable {
    var version = 1
    var tool: String
    var kernel: String
    /// Microseconds for each operation.
    var medians: [String: Double]
    var ratios: [Ratio]
}

struct Complaint: Error, CustomStringConvertible {
    let description: String
}

/// How many operations one measurement of a benchmark holds, where that is not one.
let repetitions = [
    "diag dump": 1000.0, "diag look-up": 1000, "byte direct": 1000, "byte relayed": 1000, "worker call": 1000,
]

func summarize(results: String, record: String) throws -> Summary {
    let decoded = try JSONDecoder().decode([Result].self, from: Data(contentsOf: URL(filePath: results)))
    var medians: [String: Double] = [:]
    for result in decoded { medians[result.name] = result.median.map { $0 / (repetitions[result.name] ?? 1) } }
    func ratio(_ name: String, _ above: String, _ below: String) throws -> Ratio {
        guard let top = medians[above], let bottom = medians[below], bottom > 0 else {
            throw Complaint(description: "\(results) has no '\(above)' or no '\(below)'")
        }
        return Ratio(name: name, value: top / bottom)
    }
    let run = try RunRecord(RecordContents([UInt8](Data(contentsOf: URL(filePath: record)))).events)
    guard let end = run.end, let timer = run.plan.map(\.nominalSeconds).max(), timer > 0 else {
        throw Complaint(description: "\(record) is cut off or has no scenario that waits for a timer")
    }
    return Summary(
        tool: run.header.tool, kernel: run.header.kernel.release, medians: medians,
        ratios: [
            try ratio("host pair made and removed by ip / direct lab", "lab by ip", "lab direct"),
            try ratio("relayed lab / direct lab", "lab relayed", "lab direct"),
            try ratio("dump of all sockets / look-up of one", "diag dump", "diag look-up"),
            try ratio("one byte over the relay / over bare veth", "byte relayed", "byte direct"),
            try ratio("1 MiB over the relay / over bare veth", "mebibyte relayed", "mebibyte direct"),
            try ratio("direct lab / call by a worker", "lab direct", "worker call"),
            try ratio("whole attempt at close.ordinary-path / its relayed lab", "attempt", "lab relayed"),
            Ratio(name: "whole suite / its longest kernel timer", value: Double(end.duration) / 1e9 / timer),
        ])
}

do {
    let arguments = CommandLine.arguments
    guard arguments.count == 4 else { throw Complaint(description: "usage: BenchmarkRatios RESULTS RECORD OUTPUT") }
    let summary = try summarize(results: arguments[1], record: arguments[2])
    for ratio in summary.ratios { print(String(format: "%9.2f  ", ratio.value) + ratio.name) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(summary) + Data("\n".utf8)).write(to: URL(filePath: arguments[3]))
} catch {
    FileHandle.standardError.write(Data("BenchmarkRatios: \(error)\n".utf8))
    exit(1)
}
