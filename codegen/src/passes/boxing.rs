//! Types that contain themselves get a pointer where the circle closes: `Box` in structs and unions, a newtype where
//! the circle is of aliases only.

use crate::ir::{Api, Shape, Type, TypeId};

pub(super) fn run(api: &mut Api) {
    newtypes(api);
    boxes(api);
}

/// `type Tree = Vec<Tree>` never ends; `struct Tree(Vec<Tree>)` does.
fn newtypes(api: &mut Api) {
    for index in 0..api.types.len() {
        let id = TypeId(index);
        let Shape::Alias(ty) = &api.type_def(id).shape else { continue };
        if *ty == Type::Named(id) {
            api.types[index].shape = Shape::Alias(Type::Any);
        } else if reaches_by_alias(api, ty, id) {
            api.types[index].shape = Shape::Newtype(ty.clone());
        }
    }
}

fn reaches_by_alias(api: &Api, from: &Type, target: TypeId) -> bool {
    let mut seen = vec![false; api.types.len()];
    let mut queue = Vec::new();
    from.each_named(&mut |id| queue.push(id));
    while let Some(id) = queue.pop() {
        if id == target {
            return true;
        }
        if std::mem::replace(&mut seen[id.0], true) {
            continue;
        }
        if let Shape::Alias(ty) = &api.type_def(id).shape {
            ty.each_named(&mut |id| queue.push(id));
        }
    }
    false
}

/// The types that a value of this type holds inside itself, not behind a list or map.
fn direct(ty: &Type, found: &mut Vec<TypeId>) {
    match ty {
        Type::Named(id) => found.push(*id),
        Type::Nullable(inner) => direct(inner, found),
        _ => {}
    }
}

/// Puts a pointer on edges until no circle is left: on those of unions first, since a box inside a variant is less in
/// the way than one in a field. Only edges inside a strongly connected component can be part of a circle.
fn boxes(api: &mut Api) {
    let mut edges: Vec<Vec<TypeId>> = api
        .types
        .iter()
        .map(|def| {
            let mut found = Vec::new();
            def.shape.each_type(&mut |ty| direct(ty, &mut found));
            found
        })
        .collect();
    let component = components(&edges);
    for unions in [true, false] {
        for index in 0..api.types.len() {
            let shape = &api.types[index].shape;
            if matches!(shape, Shape::Alias(_)) || matches!(shape, Shape::Union(_)) != unions {
                continue;
            }
            let inside: Vec<TypeId> =
                edges[index].iter().copied().filter(|id| component[id.0] == component[index]).collect();
            let circular: Vec<TypeId> =
                inside.into_iter().filter(|id| reaches(&edges, &component, *id, index)).collect();
            if !circular.is_empty() {
                edges[index].retain(|id| !circular.contains(id));
                api.types[index].shape.map_types(&|ty| boxed(ty, &|id| circular.contains(&id)));
            }
        }
    }
}

/// Whether a type holds another one, by way of types of the same component.
fn reaches(edges: &[Vec<TypeId>], component: &[usize], from: TypeId, target: usize) -> bool {
    let mut seen = vec![from];
    let mut queue = vec![from];
    while let Some(id) = queue.pop() {
        if id.0 == target {
            return true;
        }
        for next in edges[id.0].iter().filter(|next| component[next.0] == component[target]) {
            if !seen.contains(next) {
                seen.push(*next);
                queue.push(*next);
            }
        }
    }
    false
}

fn boxed(ty: &Type, circular: &dyn Fn(TypeId) -> bool) -> Type {
    match ty {
        Type::Named(id) if circular(*id) => Type::Boxed(*id),
        Type::Nullable(inner) => Type::Nullable(Box::new(boxed(inner, circular))),
        other => other.clone(),
    }
}

/// Tarjan's algorithm without recursion: the number of each node's strongly connected component.
fn components(edges: &[Vec<TypeId>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = edges.len();
    let (mut index, mut low, mut component) = (vec![NONE; count], vec![0; count], vec![NONE; count]);
    let (mut stack, mut next, mut components) = (Vec::new(), 0, 0);
    for start in 0..count {
        let mut work: Vec<(usize, usize)> = if index[start] == NONE { vec![(start, 0)] } else { Vec::new() };
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
            }
            if let Some(target) = edges[node].get(edge).map(|id| id.0) {
                work.push((node, edge + 1));
                if index[target] == NONE {
                    work.push((target, 0));
                } else if component[target] == NONE {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            if low[node] == index[node] {
                while let Some(member) = stack.pop() {
                    component[member] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;
    use crate::ir::TypeId;

    #[test]
    fn circles_are_found_whatever_the_order() {
        let edges = [vec![TypeId(1)], vec![TypeId(2)], vec![TypeId(0)], vec![TypeId(0)], vec![]];
        let component = components(&edges);
        assert_eq!(component[0], component[1]);
        assert_eq!(component[1], component[2]);
        assert_ne!(component[3], component[0]);
        assert_ne!(component[4], component[0]);
    }
}
