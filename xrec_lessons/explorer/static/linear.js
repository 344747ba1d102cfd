// Ridge regression of one person's ratings, in closed form, as `fold_in.py` and `influence.py`.

/** The sum of products of the first `n` numbers, from a place in each on. */
export function dot(a, b, n, atA = 0, atB = 0) {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[atA + k] * b[atB + k];
  return sum;
}

/** Mean, and the standard deviation (divided by n - 1; 0 for one) of a few numbers. */
export function summed(each) {
  let mean = 0;
  for (const value of each) mean += value;
  mean /= each.length;
  if (each.length < 2) return { mean, each, spread: 0 };
  let squares = 0;
  for (const value of each) squares += (value - mean) ** 2;
  return { mean, each, spread: Math.sqrt(squares / (each.length - 1)) };
}

/**
 * A = XᵀX + λ I of a person's rows X, an array of vectors of length d, ready for A⁻¹ x.
 * With fewer rows than unknowns through the dual, K = XXᵀ + λ I, which is smaller:
 * A⁻¹ x = (x - Xᵀ K⁻¹ X x) / λ.
 */
export class Ridge {
  constructor(X, d, penalty) {
    Object.assign(this, { X, d, penalty, dual: X.length <= d });
    const size = this.dual ? X.length : d;
    const matrix = new Float64Array(size * size);
    const rows = this.dual ? X : transposed(X, d);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) matrix[i * size + j] = dot(rows[i], rows[j], rows[i].length);
      matrix[i * size + i] += penalty;
    }
    this.factor = cholesky(matrix, size);
    this.size = size;
  }

  /** A⁻¹ x. */
  applied(x) {
    if (!this.dual) return solved(this.factor, this.size, x.slice());
    const out = this.combined(solved(this.factor, this.size, this.products(x)));
    for (let k = 0; k < this.d; k++) out[k] = (x[k] - out[k]) / this.penalty;
    return out;
  }

  /** w = A⁻¹ Xᵀ y. */
  weights(y) {
    if (this.dual) return this.combined(solved(this.factor, this.size, Float64Array.from(y)));
    return solved(this.factor, this.size, this.combined(y));
  }

  /** 1 - x_i A⁻¹ x_i of row i; in the dual λ times the diagonal of K⁻¹, which keeps its digits. */
  left(i) {
    const { factor, size } = this;
    const column = this.dual ? new Float64Array(size) : this.X[i].slice();
    if (this.dual) column[i] = 1;
    forward(factor, size, column, this.dual ? i : 0);
    const squares = dot(column, column, size);
    return this.dual ? this.penalty * squares : 1 - squares;
  }

  /** X x. */
  products(x) {
    const out = new Float64Array(this.X.length);
    for (let i = 0; i < out.length; i++) out[i] = dot(this.X[i], x, this.d);
    return out;
  }

  /** Xᵀ y. */
  combined(y) {
    const out = new Float64Array(this.d);
    for (let i = 0; i < y.length; i++) {
      const x = this.X[i];
      for (let k = 0; k < this.d; k++) out[k] += y[i] * x[k];
    }
    return out;
  }
}

function transposed(X, d) {
  const columns = Array.from({ length: d }, () => new Float64Array(X.length));
  for (let i = 0; i < X.length; i++) for (let k = 0; k < d; k++) columns[k][i] = X[i][k];
  return columns;
}

/** L of L Lᵀ = the lower half of a positive definite matrix, in its place. */
function cholesky(matrix, n) {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      const left = matrix[i * n + j] - dot(matrix, matrix, j, i * n, j * n);
      matrix[i * n + j] = i === j ? Math.sqrt(left) : left / matrix[j * n + j];
    }
  }
  return matrix;
}

/** The solution of L x = v, in the place of v, which is 0 before a place. */
function forward(L, n, v, from = 0) {
  for (let i = from; i < n; i++) v[i] = (v[i] - dot(L, v, i - from, i * n + from, from)) / L[i * n + i];
}

/** The solution of L Lᵀ x = v, in the place of v. */
function solved(L, n, v) {
  forward(L, n, v);
  for (let i = n - 1; i >= 0; i--) {
    v[i] /= L[i * n + i];
    for (let j = 0; j < i; j++) v[j] -= L[i * n + j] * v[i];
  }
  return v;
}

/** The solution of M x = v for a few unknowns, M as an array of rows; both are used up. */
export function solvedSmall(M, v) {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const times = M[j][i] / M[i][i];
      for (let k = i; k < n; k++) M[j][k] -= times * M[i][k];
      v[j] -= times * v[i];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) v[i] -= M[i][j] * v[j];
    v[i] /= M[i][i];
  }
  return v;
}
