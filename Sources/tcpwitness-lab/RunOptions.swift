internal import Acts
internal import Lab
internal import Linux
internal import Record
internal import Scenarios
internal import Sequences

/// The arguments of `tcpwitness-lab run`, which tcpwitness has already checked.
struct RunOptions {
    var lane = Lane.scaled
    var link = LinkChoice.auto
    var jobs: Int?
    var repetitions = 1
    var timeout = Duration.seconds(20)
    /// Where this kernel runs, for the record.
    var place = Self.host
    /// The place that is not a guest.
    static let host = "host"
    var pollInterval = PollInterval.steady
    /// Whether what netem does is also done by the relay.
    var bothLinks = false
    /// The seed of a random order.
    var shuffle: UInt64?
    var scenarios: [Scenario] = []

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                guard let scenario = allScenarios.first(where: { $0.id == argument }) else {
                    throw Unusable(description: "no scenario \(argument)")
                }
                scenarios.append(scenario)
                continue
            }
            guard let value = rest.popFirst() else { throw Unusable(description: "\(argument) needs a value") }
            func parsed<Value>(_ value: Value?) throws -> Value {
                guard let value else { throw Unusable(description: "\(argument) does not take that value") }
                return value
            }
            switch argument {
            case "--lane": lane = try parsed(Lane(rawValue: value))
            case "--link": link = try parsed(LinkChoice(rawValue: value))
            case "--jobs": jobs = try parsed(Int(value))
            case "--repeat": repetitions = try parsed(Int(value))
            case "--timeout": timeout = .seconds(try parsed(Double(value)))
            case "--place": place = value
            case "--links": bothLinks = value == "both"
            case "--shuffle": shuffle = try parsed(UInt64(value))
            case "--sequence":
                let name = value.split(separator: "/").last.map(String.init) ?? value
                scenarios.append(try TextSequence(reading: try Files.read(value), file: name).scenario(file: name))
            case "--poll": pollInterval = value == "sparse" ? .sparse : .steady
            default: throw Unusable(description: "unknown option \(argument)")
            }
        }
    }
}
