internal import Acts
internal import Linux
internal import Record
internal import Scenarios
internal import Sequences

/// The text sequences among the arguments of a run: files that end in `.tcp`, and folders with such files.
struct SequenceFiles {
    struct File {
        var path: String
        var bytes: [UInt8]
        var sequence: TextSequence
        var scenario: Scenario
        var name: String { baseName(path) }
    }

    private(set) var files: [File] = []
    /// The other arguments: ids and globs.
    private(set) var patterns: [String] = []
    /// Where in `files` the sequence of an id is.
    private var places: [String: Int] = [:]
    /// More than anybody has in a folder on purpose.
    private static let mostFiles = 10_000

    /// None.
    init() {}

    /// Those that were made here, each by its id, which no two have.
    init(_ sequences: [TextSequence]) {
        files = sequences.map { sequence in
            let name = "\(sequence.id).tcp"
            return File(
                path: name, bytes: Array(sequence.text.utf8), sequence: sequence,
                scenario: sequence.scenario(file: name))
        }
        places = Dictionary(uniqueKeysWithValues: files.enumerated().map { ($1.scenario.id, $0) })
    }

    /// Reads all of them. Throws a complaint about the first that is wrong.
    init(in arguments: [String]) throws {
        for argument in arguments {
            if argument.hasSuffix(".tcp") {
                files.append(try Self.read(argument))
            } else if argument.contains("/") {
                let found = try Self.files(under: argument)
                guard !found.isEmpty else { throw Complaint("\(argument): no file in it ends in .tcp") }
                files += try found.map(Self.read)
            } else {
                patterns.append(argument)
            }
        }
        for (place, file) in files.enumerated() {
            guard let other = places[file.scenario.id].map({ files[$0].path }) else {
                places[file.scenario.id] = place
                continue
            }
            guard other == file.path else {
                throw Complaint(
                    "\(file.path): \(other) is called \(file.scenario.id) too; a line 'id' tells them apart")
            }
        }
    }

    /// What there is to choose from: the sequences, and the catalogue but for scenarios that a sequence stands for.
    func candidates(_ lane: Lane) -> [ScenarioDescription] {
        files.map { $0.scenario.describe(lane: lane) } + catalogue(lane: lane).filter { places[$0.id] == nil }
    }

    /// The scenarios that are selected, from files or from the catalogue.
    func scenarios(of selected: [ScenarioDescription]) -> [Scenario] {
        let known = Dictionary((files.map(\.scenario) + allScenarios).map { ($0.id, $0) }) { first, _ in first }
        return selected.compactMap { known[$0.id] }
    }

    /// What `select` is asked for.
    var wanted: [String] { patterns + files.map(\.scenario.id) }

    /// How a lab is told of a scenario.
    func words(for id: String, inGuest: Bool) -> [String] {
        guard let place = places[id] else { return [id] }
        return ["--sequence", inGuest ? guestPath(place) : files[place].path]
    }

    /// What a guest's image must have.
    var guestFiles: [(path: String, bytes: [UInt8])] {
        files.indices.map { (guestPath($0), files[$0].bytes) }
    }

    private func guestPath(_ place: Int) -> String { "/sequences/\(place)/\(files[place].name)" }

    /// Reads one file. Throws a complaint.
    static func read(_ path: String) throws -> File {
        guard !path.utf8.contains(where: { $0 < 0x20 }) else {
            throw Complaint("a sequence's path must have no control characters")
        }
        let bytes = try InputFile.bytes(path)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Complaint("\(path): not UTF-8") }
        do {
            let sequence = try TextSequence(reading: text, file: baseName(path))
            return File(
                path: path, bytes: bytes, sequence: sequence, scenario: sequence.scenario(file: baseName(path)))
        } catch {
            var placed = error
            placed.file = path
            throw Complaint("\(placed)")
        }
    }

    /// The paths of all `.tcp` files in a folder and those below it, in order. Throws a complaint.
    static func files(under folder: String) throws -> [String] {
        let names: [String]
        do {
            names = try Files.names(in: folder)
        } catch {
            throw Complaint("cannot read \(folder): \(error.errno)")
        }
        var paths: [String] = []
        for name in names where name.first != "." {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            // What a link points to may lie above, without end.
            if Files.status(path, following: false)?.kind == .directory {
                paths += try files(under: path)
            } else if name.hasSuffix(".tcp") {
                paths.append(path)
            }
            guard paths.count <= mostFiles else {
                throw Complaint("\(folder): more than \(mostFiles) sequences")
            }
        }
        return paths.sorted()
    }
}

private func baseName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
