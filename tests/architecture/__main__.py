"""Print the counts: `python -m tests.architecture`."""

from __future__ import annotations

from tests.architecture import counts

found = counts.modules()
folders = counts.files_per_folder(found)
fullest, files = folders.most_common(1)[0]
longest = max(found, key=lambda one: one.lines)
whole = counts.functions_with_all_settings(found)
few = [name for name, fields in whole.items() if fields < counts.FEWEST_FIELDS]
for line in (
    f"{len(found)} modules in {len(folders)} folders, the fullest {fullest} with {files} files",
    f"longest file: {longest.name} with {longest.lines} lines",
    f"public class names that exist twice: {len(counts.classes_of_one_name(found))}",
    f"small files with one importer beside them: {len(counts.small_files_of_one_importer(found))}",
    f"functions that take all settings: {len(whole)}, and read three fields or fewer: {len(few)}",
    f"summaries that do not open with a verb or a noun: "
    f"{len(list(counts.unclear_summaries(counts.DOCUMENTED)))}",
):
    print(line)
