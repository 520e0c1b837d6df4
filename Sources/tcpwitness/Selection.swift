internal import Glibc
internal import Record

/// The scenarios that ids and globs name, in the catalogue's order; all without any. Throws a complaint.
func select(_ patterns: [String], from all: [ScenarioDescription]) throws -> [ScenarioDescription] {
    guard !patterns.isEmpty else { return all }
    var chosen: Set<String> = []
    for pattern in patterns {
        let ids = isGlob(pattern) ? try expand(pattern, all) : [try resolve(pattern, all)]
        chosen.formUnion(ids)
    }
    return all.filter { chosen.contains($0.id) }
}

/// The scenario of an id. Throws a complaint that names the nearest one.
func resolve(_ id: String, _ all: [ScenarioDescription]) throws -> String {
    if all.contains(where: { $0.id == id }) { return id }
    let nearest = all.map { (id: $0.id, distance: distance(id, $0.id)) }.min { $0.distance < $1.distance }
    if let nearest, nearest.distance <= max(2, id.count / 3) {
        throw Complaint("unknown scenario '\(id)'; did you mean '\(nearest.id)'?")
    }
    throw Complaint("unknown scenario '\(id)'; 'tcpwitness list' shows all")
}

private func isGlob(_ pattern: String) -> Bool { pattern.contains { "*?[\\".contains($0) } }

private func expand(_ pattern: String, _ all: [ScenarioDescription]) throws -> [String] {
    if let fault = fault(inGlob: pattern) { throw Complaint("bad pattern '\(pattern)': \(fault)") }
    let ids = all.map(\.id).filter { fnmatch(pattern, $0, 0) == 0 }
    guard !ids.isEmpty else {
        throw Complaint("no scenario matches '\(pattern)'; 'tcpwitness list' shows all")
    }
    return ids
}

/// What is wrong with a glob; fnmatch(3) would take an unclosed bracket for itself and match nothing.
private func fault(inGlob pattern: String) -> String? {
    var rest = pattern[...]
    while let character = rest.popFirst() {
        switch character {
        case "\\":
            if rest.popFirst() == nil { return "nothing follows the last '\\'" }
        case "[":
            if rest.first == "!" || rest.first == "^" { rest.removeFirst() }
            // A bracket that comes first stands for itself.
            if rest.first == "]" { rest.removeFirst() }
            guard let close = rest.firstIndex(of: "]") else { return "'[' is not closed" }
            rest = rest[rest.index(after: close)...]
        default: break
        }
    }
    return nil
}

/// The number of insertions, deletions and replacements between two strings (Levenshtein).
private func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let replaced = diagonal + (right[j] == character ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
