/// The name that a mistyped one was probably meant to be; nil where none is much like it.
///
/// - Parameter mistakes: how many mistakes a short name may have; a longer one may have as many as a third of its letters.
package func nearestName(to name: String, among names: [String], allowing mistakes: Int) -> String? {
    let nearest = names.map { (name: $0, distance: editDistance(name, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= max(mistakes, name.count / 3) else { return nil }
    return nearest.name
}

/// The number of insertions, deletions and replacements between two strings (Levenshtein).
private func editDistance(_ left: String, _ right: String) -> Int {
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
